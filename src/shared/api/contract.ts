import type { ContractRouterClient } from '@orpc/contract';
import { appApi } from './app';
import { cloudApi } from './cloud';
import { compareApi } from './compare';
import { devicesApi } from './devices';
import { filesApi } from './files';
import { jobsApi } from './jobs';
import { modelsApi } from './models';
import { queueApi } from './queue';
import { runsApi } from './runs';

/** Everything a door can ask of the engine. Inputs and outputs are checked by their schemas at the engine's side. */
export const contract = {
  app: appApi,
  cloud: cloudApi,
  compare: compareApi,
  devices: devicesApi,
  files: filesApi,
  jobs: jobsApi,
  models: modelsApi,
  queue: queueApi,
  runs: runsApi,
};

/** The engine as a client sees it, the same over every wire and in process. */
export type EngineClient = ContractRouterClient<typeof contract>;
