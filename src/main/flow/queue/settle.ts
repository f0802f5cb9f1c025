import type { PartState } from '@shared/model/queue';
import type { Store, StoredPart, StoredPlan } from '../../services/store';
import { ENDED_MEANWHILE } from './plan-entry';

/**
 * Brings the parts of a plan that nobody is at work on into a state to begin from: what was running when its process died was
 * interrupted, and is queued again where the plan goes on by itself; wishes that nobody has seen to are.
 */
export async function settle(
  plan: StoredPlan,
  continues: boolean,
  plans: Store['plans'],
): Promise<readonly StoredPart[]> {
  const settled: StoredPart[] = [];
  for (const part of plan.parts) {
    const [state, message] = settledState(part, continues);
    if (part.wish !== null) await plans.setWish(plan.id, part.serial, null);
    if (state !== part.state) await plans.setPart(plan.id, part.serial, state, message);
    settled.push({ ...part, state, message, wish: null });
  }
  return settled;
}

function settledState({ state, wish, message }: StoredPart, continues: boolean): [PartState, string] {
  if (wish === 'cancel') return ['cancelled', 'Cancelled'];
  if (wish === 'pause') return ['paused', 'Paused'];
  if (wish === 'resume') return ['queued', 'Waiting to go on with what is left'];
  if (state !== 'running') return [state, message];
  return continues
    ? ['queued', `${ENDED_MEANWHILE}: waiting to go on with what is left`]
    : ['interrupted', ENDED_MEANWHILE];
}
