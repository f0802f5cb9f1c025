import { ref, watch, type Ref } from 'vue';
import { connectionGeneration } from '../client/engine';
import { failureText } from '../client/failure';

/** Something asked of the engine, for a view: its value, whether it is on its way, and what went wrong. */
export interface Loaded<T> {
  readonly value: Ref<T | undefined>;
  readonly loading: Ref<boolean>;
  readonly failure: Ref<string>;
  reload(): Promise<void>;
}

/** Loads now and again after each new connection to the engine; the newest answer wins. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const value = ref<T>() as Ref<T | undefined>;
  const loading = ref(false);
  const failure = ref('');
  let turn = 0;
  const reload = async (): Promise<void> => {
    if (connectionGeneration.value === 0) return;
    const mine = ++turn;
    loading.value = true;
    try {
      const loaded = await load();
      if (mine !== turn) return;
      value.value = loaded;
      failure.value = '';
    } catch (error) {
      if (mine === turn) failure.value = failureText(error);
    } finally {
      if (mine === turn) loading.value = false;
    }
  };
  watch(connectionGeneration, () => void reload(), { immediate: true });
  return { value, loading, failure, reload };
}
