import { AppError } from '@shared/error/app-error';
import type { App } from '../create-app';
import type { Builder } from '.';

const notYet = (): never => {
  throw new AppError('runtime.unavailable', 'Devices are not in this build yet.');
};

export const devicesRouter = (os: Builder, _app: App) => ({
  list: os.devices.list.handler(notYet),
  watch: os.devices.watch.handler(notYet),
});
