import type { App } from '../create-app';
import { inspectModel } from '../flow/inspect-model';
import type { Builder } from '.';

export const cloudRouter = (os: Builder, app: App) => ({
  baselines: os.cloud.baselines.handler(async ({ input }) => [
    ...(await app.tools.store.baselines.list(input.modelHash)),
  ]),
  removeBaseline: os.cloud.removeBaseline.handler(async ({ input }) => {
    await app.tools.store.baselines.delete(input.id);
  }),
  serve: os.cloud.serve.handler(async ({ input, signal = new AbortController().signal }) =>
    app.served.start(await inspectModel(input.model, app.tools, signal), input, signal),
  ),
  stop: os.cloud.stop.handler(({ input }) => app.served.stop(input.id)),
  served: os.cloud.served.handler(() => app.served.list()),
  secrets: os.cloud.secrets.handler(async () => [...(await app.tools.secrets.list())]),
  keepSecret: os.cloud.keepSecret.handler(({ input }) =>
    app.tools.secrets.set(input.name, new URL(input.url).origin, input.value),
  ),
  removeSecret: os.cloud.removeSecret.handler(({ input }) => app.tools.secrets.remove(input.name)),
  networks: os.cloud.networks.handler(() => [...app.networks]),
});
