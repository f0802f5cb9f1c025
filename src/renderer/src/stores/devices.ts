import type { DeviceList } from '@shared/api/devices';
import { onUnmounted, ref, watch, type Ref } from 'vue';
import { connectionGeneration, engine } from '../client/engine';
import { failureText } from '../client/failure';
import { jobsStore } from './jobs';

/** How a device is changes slowly. */
const REFRESH_MS = 10_000;

interface FollowedDevices {
  readonly list: Ref<DeviceList | undefined>;
  readonly failure: Ref<string>;
  /** Asks again how the devices are. */
  refresh(): Promise<void>;
}

/**
 * Follows the device list as long as the component that calls it is shown. With `refreshes` it also asks every now and then how the
 * devices are, but never while anything is measured: questions take processor time of who answers them.
 */
function use({ refreshes = false } = {}): FollowedDevices {
  const list = ref<DeviceList>();
  const failure = ref('');
  let stop = new AbortController();

  async function follow(): Promise<void> {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    try {
      for await (const next of await engine().devices.watch(undefined, { signal })) {
        if (signal.aborted) return;
        list.value = next;
        failure.value = '';
      }
    } catch (error) {
      if (!signal.aborted) failure.value = failureText(error);
    }
  }

  async function refresh(): Promise<void> {
    const { signal } = stop;
    const next = await engine().devices.list();
    if (!signal.aborted) list.value = next;
  }

  // A list that cannot be had now is had a little later; the stream tells of what matters.
  const timer = setInterval(() => {
    if (refreshes && list.value && jobsStore.running.value.length === 0 && !document.hidden)
      void refresh().catch(() => undefined);
  }, REFRESH_MS);
  watch(connectionGeneration, (generation) => generation > 0 && void follow(), { immediate: true });
  onUnmounted(() => {
    clearInterval(timer);
    stop.abort();
  });
  return { list, failure, refresh };
}

export const devicesStore = { use };
