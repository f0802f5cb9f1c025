import { join } from 'node:path';
import type { EngineClient } from '@shared/api/contract';
import { runCli } from './host/cli/run-cli';
import { appVersion } from './platform/node/app-paths';
import { keepCompiledCode } from './platform/node/compile-cache';

keepCompiledCode();

const workerFile = join(__dirname, 'worker.js');

void runCli(process.argv.slice(2), {
  version: appVersion(),
  async connect(dataDir) {
    const { createApp } = await import('./create-app');
    const { createRouter } = await import('./router');
    const { createRouterClient } = await import('@orpc/server');
    const { toWireError } = await import('./wire-error');
    // One command checks few values: compiling a checker for each kind would cost more than it saves.
    (await import('zod')).config({ jitless: true });
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
