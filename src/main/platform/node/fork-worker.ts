import { fork } from 'node:child_process';
import type { WorkerLauncher } from '@main/ports/worker';

const ERRORS_KEPT = 16 * 1024;

/** Workers as plain Node processes. `workerFile` is the built src/main/worker.ts. */
export const forkLauncher = (workerFile: string): WorkerLauncher => ({
  start(kind, events) {
    const child = fork(workerFile, [kind], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    let errors = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      errors = (errors + bytes.toString('utf8')).slice(-ERRORS_KEPT);
    });
    child.on('message', events.message);
    child.once('error', (error) => events.exit(null, null, String(error)));
    child.once('close', (code, signalName) => events.exit(code, signalName, errors));
    return {
      // A worker that died in between closes the channel; its exit event says so.
      post: (message) => child.send(message as object, () => undefined),
      kill: () => child.kill('SIGKILL'),
    };
  },
});
