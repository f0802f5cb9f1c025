import type { DeviceList } from '@shared/api/devices';
import type { App } from '../create-app';
import { hostNoise } from '../services/device';
import type { Builder } from '.';

/** Changes as an async stream: a slow reader gets the newest list only. */
async function* watchDevices(app: App, signal: AbortSignal): AsyncGenerator<DeviceList> {
  const stop = new AbortController();
  let newest: DeviceList | undefined;
  let wake: (() => void) | undefined;
  const end = (): void => {
    stop.abort();
    wake?.();
  };
  signal.addEventListener('abort', end, { once: true });
  const watching = app.tools.devices.watch((list) => {
    newest = list;
    wake?.();
  }, stop.signal);
  // A watch that cannot be kept up (no adb) has told so in its first list; one that gave no list has failed.
  let failure: { readonly error: unknown } | undefined;
  let hasTold = false;
  watching.catch((error: unknown) => {
    failure = { error };
    wake?.();
  });
  try {
    while (!signal.aborted) {
      if (failure && !newest && !hasTold) throw failure.error;
      if (newest) {
        const list = newest;
        newest = undefined;
        hasTold = true;
        yield list;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    stop.abort();
  }
}

export const devicesRouter = (os: Builder, app: App) => ({
  list: os.devices.list.handler(() => app.tools.devices.list()),
  hostNoise: os.devices.hostNoise.handler(async () => ({ slower: await hostNoise() })),
  connect: os.devices.connect.handler(({ input }) => app.tools.devices.connect(input.address)),
  disconnect: os.devices.disconnect.handler(({ input }) => app.tools.devices.disconnect(input.address)),
  pair: os.devices.pair.handler(({ input }) => app.tools.devices.pair(input.address, input.code)),
  watch: os.devices.watch.handler(({ signal }) => watchDevices(app, signal ?? new AbortController().signal)),
});
