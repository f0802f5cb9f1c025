import { implement } from '@orpc/server';
import { contract } from '@shared/api/contract';
import type { App } from '../create-app';
import { appRouter } from './app';
import { cloudRouter } from './cloud';
import { compareRouter } from './compare';
import { devicesRouter } from './devices';
import { filesRouter } from './files';
import { jobsRouter } from './jobs';
import { modelsRouter } from './models';
import { queueRouter } from './queue';
import { runsRouter } from './runs';

export type Builder = ReturnType<typeof builder>;
const builder = () => implement(contract);

/** The contract's procedures on a running app. */
export function createRouter(app: App) {
  const os = builder();
  return os.router({
    app: appRouter(os, app),
    cloud: cloudRouter(os, app),
    compare: compareRouter(os, app),
    devices: devicesRouter(os, app),
    files: filesRouter(os),
    jobs: jobsRouter(os, app),
    models: modelsRouter(os, app),
    queue: queueRouter(os, app),
    runs: runsRouter(os, app),
  });
}
