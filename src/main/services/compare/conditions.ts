import type { ConditionDifference } from '@shared/model/comparison';
import type { RunFacts } from '@shared/model/run';

/** Degrees that two runs' starting temperatures may differ by without being called different. */
const SAME_TEMPERATURE_C = 5;
const UNKNOWN = 'unknown';

const shown = (value: string | number | boolean | undefined): string => {
  if (value === undefined) return UNKNOWN;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
};

/** Every condition that is compared by its text, in the order in which differences are told. */
const CONDITIONS: readonly (readonly [
  what: string,
  of: (run: RunFacts) => string | number | boolean | undefined,
])[] = [
  ['model', (run) => run.model.hash.slice(0, 12)],
  ['recipe', (run) => run.variant.recipe],
  ['validation', (run) => (run.variant.validation === 'failed' ? 'failed' : 'not failed')],
  ['variant', (run) => run.variant.hash.slice(0, 12)],
  ['device', (run) => run.device.serial],
  ['device model', (run) => run.device.model],
  ['system build', (run) => run.device.build ?? run.device.osVersion],
  ['threads', (run) => run.threads],
  ['batch', (run) => run.batch ?? 1],
  ['affinity', (run) => run.affinity ?? 'any core'],
  ['delegate', (run) => run.provenance.delegateGot],
  ['runtime', (run) => run.provenance.runtime],
  ['measured by', (run) => run.provenance.runner],
  ['runner', (run) => run.provenance.runnerHash?.slice(0, 12)],
  ['start way', (run) => run.provenance.startWay],
  ['profile', (run) => run.profile.name],
  ['governors', (run) => run.launches[0]?.before?.governors?.join(' ')],
  ['fixed-performance mode', (run) => run.launches[0]?.before?.fixedPerformance],
  ['charging', (run) => run.launches[0]?.before?.charging],
  ['screen on', (run) => run.launches[0]?.before?.screenOn],
];

const startingC = (run: RunFacts): number | undefined => run.launches[0]?.before?.hottestC;
const worstThermal = (run: RunFacts): number =>
  Math.max(
    0,
    ...run.launches.flatMap(({ before, after, during }) =>
      [before, after, ...(during ?? [])].map((conditions) => conditions?.thermalStatus ?? 0),
    ),
  );

/** What two runs differ by, apart from time; empty when they are directly comparable. */
export function conditionDifferences(base: RunFacts, candidate: RunFacts): ConditionDifference[] {
  const differences = CONDITIONS.flatMap(([what, of]) => {
    const pair = { what, base: shown(of(base)), candidate: shown(of(candidate)) };
    return pair.base === pair.candidate ? [] : [pair];
  });
  const [from, to] = [startingC(base), startingC(candidate)];
  if (from !== undefined && to !== undefined && Math.abs(from - to) > SAME_TEMPERATURE_C) {
    differences.push({
      what: 'starting temperature',
      base: `${from.toFixed(0)} °C`,
      candidate: `${to.toFixed(0)} °C`,
    });
  }
  const [calm, hot] = [worstThermal(base), worstThermal(candidate)];
  if (calm !== hot) differences.push({ what: 'thermal status', base: String(calm), candidate: String(hot) });
  return differences;
}

/** Whether two runs measure the same thing on the same device, so that their latencies form one history. */
export const sameSubject = (a: RunFacts, b: RunFacts): boolean =>
  a.model.hash === b.model.hash &&
  a.variant.recipe === b.variant.recipe &&
  a.device.serial === b.device.serial &&
  a.threads === b.threads &&
  (a.batch ?? 1) === (b.batch ?? 1) &&
  a.provenance.delegateGot === b.provenance.delegateGot;

/**
 * The completed run of the same model on the same device whose conditions are nearest; among equals the first, so give the
 * newest first. Undefined when there is none.
 */
export function nearestBaseline<T extends RunFacts>(
  run: RunFacts,
  history: readonly T[],
): { run: T; differences: ConditionDifference[] } | undefined {
  let nearest: { run: T; differences: ConditionDifference[] } | undefined;
  for (const other of history) {
    const comparable =
      other.id !== run.id &&
      other.status === 'completed' &&
      other.model.hash === run.model.hash &&
      other.device.serial === run.device.serial;
    if (!comparable) continue;
    const differences = conditionDifferences(other, run);
    if (nearest === undefined || differences.length < nearest.differences.length)
      nearest = { run: other, differences };
  }
  return nearest;
}
