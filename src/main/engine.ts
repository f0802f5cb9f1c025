import { join } from 'node:path';
import { isAppError } from '@shared/error/app-error';
import { createApp } from './create-app';
import { parentPort } from './engine-port';
import { hostVault } from './engine-vault';
import { createRouter } from './router';
import { serveChannels } from './serve-channels';

/** The engine's process: started by the window's or the browser workbench's host, serves its clients, ends with it. */
async function main(): Promise<void> {
  const port = parentPort();
  if (!port) throw new Error('the engine is started by its host, not by hand');
  const at = process.argv.indexOf('--data-dir');
  try {
    const app = await createApp({
      dataDir: at < 0 ? undefined : process.argv[at + 1],
      workerFile: join(__dirname, 'worker.js'),
      isolate: true,
      vault: hostVault(port),
    });
    await app.queue.serve();
    let stopping = false;
    serveChannels(port, createRouter(app) as never, {}, () => {
      if (stopping) return;
      stopping = true;
      void app.close().finally(() => process.exit(0));
    });
  } catch (error) {
    if (!isAppError(error)) console.error(error);
    const code = isAppError(error) ? error.code : 'engine.lost';
    port.post({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    // The message has to leave before the process does.
    setTimeout(() => process.exit(1), 200);
  }
}

void main();
