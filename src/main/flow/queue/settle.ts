import type { PartState } from '@shared/model/queue';
import type { Store, StoredPart, StoredPlan } from '../../services/store';
import { ENDED_MEANWHILE } from './plan-entry';

/** A plan that ends every process that measures it must not end the next one for ever. */
const MOST_DEATHS = 3;

/**
 * Brings the parts of a plan that nobody is at work on into a state to begin from: what was running when its process died was
 * interrupted, and is queued again where the plan goes on by itself, unless processes keep dying of it; wishes that nobody has seen to
 * are.
 */
export async function settle(
  plan: StoredPlan,
  continues: boolean,
  plans: Store['plans'],
): Promise<readonly StoredPart[]> {
  const settled: StoredPart[] = [];
  for (const part of plan.parts) {
    // An engine that was stopped has let go of its plans: only a killed one still owns them.
    const died = part.state === 'running' && plan.owner !== null;
    const deaths = part.wish === 'resume' ? 0 : part.deaths + (died ? 1 : 0);
    const [state, message] = settledState(part, continues, deaths);
    if (deaths !== part.deaths) await plans.setDeaths(plan.id, part.serial, deaths);
    if (part.wish !== null) await plans.setWish(plan.id, part.serial, null);
    if (state !== part.state) await plans.setPart(plan.id, part.serial, state, message);
    settled.push({ ...part, state, message, deaths, wish: null });
  }
  return settled;
}

function settledState(
  { state, wish, message }: StoredPart,
  continues: boolean,
  deaths: number,
): [PartState, string] {
  if (wish === 'cancel') return ['cancelled', 'Cancelled'];
  if (wish === 'pause') return ['paused', 'Paused'];
  if (wish === 'resume') return ['queued', 'Waiting to go on with what is left'];
  if (state !== 'running') return [state, message];
  if (deaths >= MOST_DEATHS)
    return [
      'interrupted',
      `${ENDED_MEANWHILE}, ${deaths} times without one more launch: it does not go on by itself`,
    ];
  return continues
    ? ['queued', `${ENDED_MEANWHILE}: waiting to go on with what is left`]
    : ['interrupted', ENDED_MEANWHILE];
}
