import { nodeModelFiles } from './platform/node/model-files';
import { callWorker } from './platform/node/worker-call';
import { threadLauncher } from './platform/node/thread-worker';
import type { WorkerTask } from './platform/node/worker-serve';
import { fingerprintModel, type ModelFingerprint } from './services/convert/fingerprint';

/** The worker that hashes a model's files: a path in, a ModelFingerprint out. */
export const runFingerprint: WorkerTask = async (path) => fingerprintModel(path as string, nodeModelFiles);

const TIMEOUT_MS = 3600 * 1000;

/** Hashes a model's files in a thread, while this one does other work. */
export const fingerprintBeside =
  (workerFile: string) =>
  async (path: string, signal?: AbortSignal): Promise<ModelFingerprint> =>
    (await callWorker(threadLauncher(workerFile), {
      kind: 'fingerprint',
      request: path,
      title: 'Hashing the model',
      timeoutMs: TIMEOUT_MS,
      signal,
    })) as ModelFingerprint;
