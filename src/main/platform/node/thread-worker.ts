import { Worker } from 'node:worker_threads';
import type { WorkerLauncher } from '@main/ports/worker';

/** Workers as threads of this process, for plain JavaScript that shall run beside it. `workerFile` as for forkLauncher. */
export const threadLauncher = (workerFile: string): WorkerLauncher => ({
  start(kind, events) {
    // What this process was told to load first is its own business.
    const thread = new Worker(workerFile, { argv: [kind], execArgv: [], stdout: true, stderr: true });
    let failure = '';
    thread.on('message', events.message);
    thread.on('error', (error) => (failure = error instanceof Error ? error.message : String(error)));
    thread.once('exit', (code) => events.exit(code, null, failure));
    return {
      post: (message) => thread.postMessage(message),
      kill: () => void thread.terminate(),
    };
  },
});
