import { join } from 'node:path';
import type { EngineClient } from '@shared/api/contract';
import { runCli } from './host/cli/run-cli';
import { appVersion } from './platform/node/app-paths';

/** The command line as a whole; `folder` is where the built programs lie. Gives the exit status. */
export const commandLine = (argv: readonly string[], folder: string): Promise<0 | 1 | 2> =>
  runCli(argv, {
    version: appVersion(),
    async connect(dataDir) {
      const { createApp } = await import('./create-app');
      const { createRouter } = await import('./router');
      const { createRouterClient } = await import('@orpc/server');
      const { toWireError } = await import('./wire-error');
      // The command line is a process of its own already: conversions run right here.
      const app = await createApp({ dataDir, workerFile: join(folder, 'worker.js'), isolate: false });
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
        engineScript: join(folder, 'engine.js'),
        rendererDir: join(folder, '../renderer'),
      });
    },
  });
