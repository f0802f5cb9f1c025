import { createRouterClient } from '@orpc/server';
import { createApp, type App } from '@main/create-app';
import { createRouter } from '@main/router';
import { toWireError } from '@main/wire-error';
import type { EngineClient } from '@shared/api/contract';
import type { Job } from '@shared/model/job';
import { temporaryFolder } from './temporary-folder';
import { workerFile } from './worker-bundle';

/** The whole engine in this process, on a data folder of its own; closed when the test is over. */
export async function testApp(dataDir = temporaryFolder()): Promise<{ app: App; client: EngineClient }> {
  const app = await createApp({ dataDir, workerFile: await workerFile(), isolate: false });
  const client = createRouterClient(createRouter(app), { interceptors: [toWireError] });
  return { app, client: client as unknown as EngineClient };
}

/** Waits for a job's end. */
export async function ended(client: EngineClient, job: Job): Promise<Job> {
  let last = job;
  for await (const state of await client.jobs.watch({ id: job.id })) last = state;
  return last;
}
