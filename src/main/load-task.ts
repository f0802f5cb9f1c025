import { measureCloud, type CloudPlan } from './services/cloud';
import { forkLauncher } from './platform/node/fork-worker';
import { nodeHttpClient } from './platform/node/http-connections';
import { preciseClock } from './platform/node/precise-clock';
import { proxiesIn } from './platform/node/proxy-process';
import type { WorkerTask } from './platform/node/worker-serve';

/** What travels to the worker: everything but functions. */
export type LoadRequest = Omit<CloudPlan, 'onWindow' | 'signal'>;

/** Which window of at most how many is being measured. */
export interface LoadProgress {
  readonly window: number;
  readonly of: number;
}

/** Ends the measurement; what was measured until then is the answer. */
export const STOP_LOAD = 'stop';

/**
 * The worker that sends requests when they are due: a CloudPlan in, a CloudBaseline out. In a process of its own, because
 * whatever else the engine does would make requests late and answers seem slow.
 */
export function loadTask(workerFile: string): WorkerTask {
  const stop = new AbortController();
  const startProxy = proxiesIn(forkLauncher(workerFile));
  return (message, onProgress) => {
    if (message === STOP_LOAD) {
      stop.abort();
      // The measurement that it ends is what answers.
      return new Promise(() => undefined);
    }
    return measureCloud(
      { http: nodeHttpClient, clock: preciseClock, startProxy },
      {
        ...(message as LoadRequest),
        onWindow: (window, of) => onProgress({ window, of } satisfies LoadProgress),
        signal: stop.signal,
      },
    );
  };
}
