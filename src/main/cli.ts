import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { EngineClient } from '@shared/api/contract';
import { appVersion } from './create-app';
import { runCli } from './host/cli/run-cli';
import { toWireError } from './wire-error';

const workerFile = join(__dirname, 'worker.js');

void runCli(process.argv.slice(2), {
  version: appVersion(),
  async connect(dataDir) {
    const { createApp } = await import('./create-app');
    const { createRouter } = await import('./router');
    // The command line is a process of its own already: conversions run right here.
    const app = await createApp({ dataDir, workerFile, isolate: false });
    for (const notice of app.tools.store.notices) process.stderr.write(`${notice}\n`);
    const client = createRouterClient(createRouter(app), {
      interceptors: [toWireError],
    }) as unknown as EngineClient;
    return { client, close: () => app.close() };
  },
  async serve(options) {
    const { serveWorkbench } = await import('./host/http/serve-workbench');
    await serveWorkbench({
      ...options,
      engineScript: join(__dirname, 'engine.js'),
      rendererDir: join(__dirname, '../renderer'),
    });
  },
}).then((status) => {
  // Handles that native libraries keep open must not keep the command from ending.
  process.exit(status);
});
