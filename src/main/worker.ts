import './platform/node/legacy-util-shim';
import { WORKER_KINDS, type WorkerKind } from './ports/worker';
import { parentChannel, serveWorker, type WorkerTask } from './platform/node/worker-serve';

/** What each kind of worker process does; loaded only there, as native libraries come with it. */
const TASKS: Record<WorkerKind, () => Promise<WorkerTask>> = {
  'tflite-node': async () => (await import('./platform/tflite-node/worker-task')).runTfliteNode,
  convert: async () => (await import('./convert-task')).convertTask(__filename),
  'tfjs-node': async () => (await import('./original-task')).runOriginalTask,
  fingerprint: async () => (await import('./fingerprint-task')).runFingerprint,
  'cloud-load': async () => (await import('./load-task')).loadTask(__filename),
  network: async () => (await import('./platform/node/proxy-process')).proxyTask,
  'cloud-server': async () => (await import('./original-task')).serveOriginalTask,
};

const kind = WORKER_KINDS.find((name) => name === process.argv[2]);
if (!kind) throw new Error(`no such kind of worker: ${process.argv[2]}`);

const task = TASKS[kind]();
serveWorker(parentChannel(), async (request, onProgress) => (await task)(request, onProgress));
