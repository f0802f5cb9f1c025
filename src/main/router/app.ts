import type { App } from '../create-app';
import type { Builder } from '.';

export const appRouter = (os: Builder, app: App) => ({
  info: os.app.info.handler(() => ({
    version: app.tools.appVersion,
    dataDir: app.dataDir,
    platform: `${process.platform} ${process.arch}`,
  })),
  parts: os.app.parts.handler(() => app.parts()),
});
