import { cloudServerTask } from './platform/cloud-server/worker-task';
import { nodeModelFiles } from './platform/node/model-files';
import type { WorkerTask } from './platform/node/worker-serve';
import { loadOriginal, runOriginal } from './platform/tfjs-node/worker-task';
import type { WriteReading } from './ports/original-runtime';

/** The converter is loaded only for models that need it. */
const writeReading: WriteReading = async (...request) => {
  const { writeReadingTo } = await import('./flow/write-reading');
  return writeReadingTo(nodeModelFiles)(...request);
};

/** The worker that runs an original model over samples. */
export const runOriginalTask: WorkerTask = (request) => runOriginal(request, writeReading);

/** The worker that serves an original model. */
export const serveOriginalTask: WorkerTask = cloudServerTask((request) =>
  loadOriginal(request, writeReading),
);
