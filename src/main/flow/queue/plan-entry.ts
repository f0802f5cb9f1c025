import type { PlanEntry, PlanPart } from '@shared/model/queue';
import type { Processes } from '@main/ports/processes';
import type { StoredPart, StoredPlan } from '../../services/store';

export const ENDED_MEANWHILE = 'Edgebench was ended while this was measured';

/** A plan as it is shown: what is at work here as it is now, the rest as it was kept. */
export function entryOf(
  plan: StoredPlan,
  here: readonly PlanPart[] | undefined,
  processes: Processes,
): PlanEntry {
  const active = here !== undefined || (plan.owner !== null && processes.isAlive(plan.owner));
  return {
    id: plan.id,
    title: plan.title,
    addedAt: plan.addedAt,
    active,
    parts: plan.parts.map((part) => ({
      ...(here?.find(({ serial }) => serial === part.serial) ?? asKept(part, active)),
      position: part.position,
    })),
  };
}

/** A part that nobody is at work on any more does not run, whatever it did when its process died. */
const asKept = ({ serial, position, state, message }: StoredPart, active: boolean): PlanPart =>
  state === 'running' && !active
    ? { serial, position, state: 'interrupted', message: ENDED_MEANWHILE }
    : { serial, position, state, message };
