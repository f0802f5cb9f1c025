import { AppError, type ErrorCode, type ErrorDetails } from '@shared/error/app-error';
import type { EmbeddedServer, EmbeddedServerRequest, EmbeddedServers } from '@main/ports/embedded-server';
import type { WorkerHandle, WorkerLauncher } from '@main/ports/worker';
import type { WorkerReply } from '../node/worker-call';
import type { Serving } from './worker-task';

const START_TIMEOUT_MS = 120_000;

const failed = (what: string): AppError =>
  new AppError('runtime.failed', `The embedded cloud server ${what}.`, { details: { stage: 'process' } });

function errorOf(reply: Exclude<WorkerReply, { type: 'result' }>): Error {
  if (reply.type === 'error')
    return new AppError(reply.code satisfies ErrorCode, reply.message, {
      details: reply.details satisfies ErrorDetails,
    });
  return failed(reply.type === 'bug' ? `failed: ${reply.stack.split('\n')[0]}` : 'spoke out of turn');
}

/** TensorFlow tells on standard error what it does, too: lines such as "2026-01-02 03:04:05.6: I tensorflow/…". */
const TOLD = /^\d{4}-\d\d-\d\d \S+: I /;

const lastComplaint = (errors: string): string | undefined =>
  errors
    .split('\n')
    .filter((line) => line.trim() !== '' && !TOLD.test(line))
    .at(-1)
    ?.slice(0, 300);

/** Servers as worker processes of kind `cloud-server`. */
export class WorkerServers implements EmbeddedServers {
  readonly #launcher: WorkerLauncher;

  constructor(launcher: WorkerLauncher) {
    this.#launcher = launcher;
  }

  start(
    request: EmbeddedServerRequest,
    onEnd?: (reason: string) => void,
    signal?: AbortSignal,
  ): Promise<EmbeddedServer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      let state: 'starting' | 'serving' | 'ended' = 'starting';
      const giveUp = (error: unknown): void => {
        if (state !== 'starting') return;
        state = 'ended';
        settled();
        worker.kill();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const timer = setTimeout(
        () => giveUp(failed(`was not ready within ${START_TIMEOUT_MS / 1000} s`)),
        START_TIMEOUT_MS,
      );
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const worker: WorkerHandle = this.#launcher.start('cloud-server', {
        message(message) {
          const reply = message as WorkerReply;
          if (reply.type !== 'result') return giveUp(errorOf(reply));
          if (state !== 'starting') return undefined;
          state = 'serving';
          settled();
          const { port, framework } = reply.result as Serving;
          const stop = (): void => {
            state = 'ended';
            worker.kill();
          };
          return resolve({ url: `http://127.0.0.1:${port}`, name: request.name, framework, stop });
        },
        exit(code, signalName, errors) {
          const said = lastComplaint(errors);
          const how = `ended (${signalName ?? `exit status ${code ?? 'unknown'}`})${said === undefined ? '' : `: ${said}`}`;
          if (state === 'serving') onEnd?.(`The embedded cloud server ${how}.`);
          giveUp(failed(how));
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.post(request);
    });
  }
}
