import { AppError, type ErrorCode, type ErrorDetails } from '@shared/error/app-error';
import type { EmbeddedServer, EmbeddedServerRequest, EmbeddedServers } from '@main/ports/embedded-server';
import type { WorkerHandle, WorkerLauncher } from '@main/ports/worker';
import type { WorkerReply } from '../node/worker-call';
import { PEAK_MEMORY, type Serving } from './worker-task';

const START_TIMEOUT_MS = 120_000;
/** A server that computes answers when it is done; one that hangs does not hold up the measurement. */
const MEMORY_TIMEOUT_MS = 10_000;

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

/** Answers to a question, for those who wait for one; the same to all of them. */
class Answers {
  readonly #waiting = new Set<(bytes: number | undefined) => void>();

  next(): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => tell(undefined), MEMORY_TIMEOUT_MS);
      const tell = (bytes: number | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(tell);
        resolve(bytes);
      };
      this.#waiting.add(tell);
    });
  }

  tell(bytes: number | undefined): void {
    for (const tell of this.#waiting) tell(bytes);
  }
}

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
      const memory = new Answers();
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const worker: WorkerHandle = this.#launcher.start('cloud-server', {
        message(message) {
          const reply = message as WorkerReply;
          if (reply.type !== 'result') return giveUp(errorOf(reply));
          if (state !== 'starting') {
            if (typeof reply.result === 'number') memory.tell(reply.result);
            return undefined;
          }
          state = 'serving';
          settled();
          const { port, framework } = reply.result as Serving;
          const stop = (): void => {
            state = 'ended';
            memory.tell(undefined);
            worker.kill();
          };
          const peakMemoryBytes = (): Promise<number | undefined> => {
            if (state !== 'serving') return Promise.resolve(undefined);
            worker.post(PEAK_MEMORY);
            return memory.next();
          };
          const url = `http://127.0.0.1:${port}`;
          return resolve({ url, name: request.name, framework, peakMemoryBytes, stop });
        },
        exit(code, signalName, errors) {
          const said = lastComplaint(errors);
          const how = `ended (${signalName ?? `exit status ${code ?? 'unknown'}`})${said === undefined ? '' : `: ${said}`}`;
          memory.tell(undefined);
          if (state === 'serving') onEnd?.(`The embedded cloud server ${how}.`);
          giveUp(failed(how));
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.post(request);
    });
  }
}
