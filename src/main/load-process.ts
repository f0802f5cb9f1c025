import type { CloudBaseline } from '@shared/model/cloud';
import type { MeasureCloud } from './flow/tools';
import { STOP_LOAD, type LoadProgress, type LoadRequest } from './load-task';
import { callWorker } from './platform/node/worker-call';
import type { WorkerLauncher } from './ports/worker';

/** Timers of Node hold no more. */
const LONGEST_MS = 2 ** 31 - 1;
const SLACK_MS = 120_000;

/** A measurement in a process of its own; a cancelled one still comes back with what was measured. */
export const measureInProcessOfItsOwn =
  (launcher: WorkerLauncher): MeasureCloud =>
  async ({ onWindow, signal, ...request }) => {
    const { maxWindows, windowMs, windowRequests, ratePerSecond, timeoutMs } = request.load;
    const windowLasts = Math.max(windowMs, (windowRequests / ratePerSecond) * 1000) + timeoutMs;
    const answer = await callWorker(launcher, {
      kind: 'cloud-load',
      request: request satisfies LoadRequest,
      title: 'The load generator',
      timeoutMs: Math.min(LONGEST_MS, 2 * maxWindows * windowLasts + SLACK_MS),
      onProgress: (progress) => {
        const { window, of } = progress as LoadProgress;
        onWindow?.(window, of);
      },
      signal,
      stopMessage: STOP_LOAD,
    });
    return answer as CloudBaseline;
  };
