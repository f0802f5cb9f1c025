import type { App } from '../create-app';
import type { Builder } from '.';

export const cloudRouter = (os: Builder, app: App) => ({
  baselines: os.cloud.baselines.handler(async ({ input }) => [
    ...(await app.tools.store.baselines.list(input.modelHash)),
  ]),
  removeBaseline: os.cloud.removeBaseline.handler(async ({ input }) => {
    await app.tools.store.baselines.delete(input.id);
  }),
  networks: os.cloud.networks.handler(() => [...app.networks]),
});
