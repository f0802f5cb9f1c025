import type { PlanEntry, PlanPart } from '@shared/model/queue';
import { onUnmounted, ref, watch, type Ref } from 'vue';
import { connectionGeneration, engine } from '../client/engine';
import { failureText } from '../client/failure';

/** A plan's part in the lane of its device. */
export interface LanePart extends PlanPart {
  readonly plan: PlanEntry;
}

export interface Lane {
  readonly serial: string;
  readonly parts: readonly LanePart[];
}

/** Lanes by device: what runs first, then what waits in its order, then what has ended, newest first. */
export function lanesOf(plans: readonly PlanEntry[]): Lane[] {
  const lanes = new Map<string, LanePart[]>();
  for (const plan of plans)
    for (const part of plan.parts)
      lanes.set(part.serial, [...(lanes.get(part.serial) ?? []), { ...part, plan }]);
  return Array.from(lanes, ([serial, parts]) => ({ serial, parts: parts.sort(byTurn) }));
}

const TURN: Record<PlanPart['state'], number> = {
  running: 0,
  queued: 1,
  paused: 1,
  interrupted: 1,
  done: 2,
  failed: 2,
  cancelled: 2,
};

const byTurn = (a: PlanPart, b: PlanPart): number =>
  TURN[a.state] - TURN[b.state] || (TURN[a.state] === 2 ? b.position - a.position : a.position - b.position);

/** Follows the queue as long as the component that calls it is shown. */
function use(): { readonly plans: Ref<readonly PlanEntry[] | undefined>; readonly failure: Ref<string> } {
  const plans = ref<readonly PlanEntry[]>();
  const failure = ref('');
  let stop = new AbortController();

  async function follow(): Promise<void> {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    try {
      for await (const next of await engine().queue.watch(undefined, { signal })) {
        if (signal.aborted) return;
        plans.value = next;
        failure.value = '';
      }
    } catch (error) {
      if (!signal.aborted) failure.value = failureText(error);
    }
  }

  watch(connectionGeneration, (generation) => generation > 0 && void follow(), { immediate: true });
  onUnmounted(() => stop.abort());
  return { plans, failure };
}

export const queueStore = { use };
