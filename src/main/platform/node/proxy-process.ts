import { AppError } from '@shared/error/app-error';
import type { NetworkProfile } from '@shared/model/cloud';
import type { StartDelayingProxy } from '@main/ports/delaying-proxy';
import type { WorkerLauncher } from '@main/ports/worker';
import { startDelayingProxy } from './delaying-proxy';
import type { WorkerReply } from './worker-call';

const START_TIMEOUT_MS = 30_000;

interface ProxyRequest {
  readonly profile: NetworkProfile;
  readonly target: { readonly host: string; readonly port: number };
  readonly seed: number;
}

/** The worker: a proxy that lives as long as its process. Answers its port. */
export const proxyTask = async (message: unknown): Promise<number> => {
  const { profile, target, seed } = message as ProxyRequest;
  return (await startDelayingProxy(profile, target, seed)).port;
};

const failed = (why: string): AppError =>
  new AppError('runtime.failed', `The simulated network did not start (${why}). Try again.`);

/**
 * Proxies in processes of their own: in the load generator's, each would take time from the other, and the measurement would
 * show it.
 */
export const proxiesIn =
  (launcher: WorkerLauncher): StartDelayingProxy =>
  (profile, target, seed) =>
    new Promise((resolve, reject) => {
      const worker = launcher.start('network', {
        message(message) {
          const reply = message as WorkerReply;
          clearTimeout(timer);
          if (reply.type !== 'result') {
            worker.kill();
            return reject(failed(reply.type === 'error' ? reply.message : reply.type));
          }
          const close = (): Promise<void> => {
            worker.kill();
            return Promise.resolve();
          };
          return resolve({ port: Number(reply.result), close });
        },
        exit(code, signalName) {
          clearTimeout(timer);
          reject(failed(signalName ?? `exit status ${code ?? 'unknown'}`));
        },
      });
      const timer = setTimeout(() => {
        worker.kill();
        reject(failed(`nothing heard for ${START_TIMEOUT_MS / 1000} s`));
      }, START_TIMEOUT_MS);
      const request: ProxyRequest = { profile, target, seed };
      worker.post(request);
    });
