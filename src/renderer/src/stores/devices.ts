import type { DeviceList } from '@shared/api/devices';
import { onUnmounted, ref, watch, type Ref } from 'vue';
import { connectionGeneration, engine } from '../client/engine';
import { failureText } from '../client/failure';

/** Follows the device list as long as the component that calls it is shown. */
function use(): { readonly list: Ref<DeviceList | undefined>; readonly failure: Ref<string> } {
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

  watch(connectionGeneration, (generation) => generation > 0 && void follow(), { immediate: true });
  onUnmounted(() => stop.abort());
  return { list, failure };
}

export const devicesStore = { use };
