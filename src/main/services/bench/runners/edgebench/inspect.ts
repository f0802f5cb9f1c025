import type { Coverage, OperatorTime } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { Memory } from '@shared/model/run';
import type { RunnerEventOf } from '@shared/runner/events';
import type { PlacedKit } from './kits';
import type { RunnerOptions } from './options';
import { runProgram } from './run-program';

const TIMEOUT_MS = 600_000;

/** Which operators the delegate took, and each one's time; a launch of its own, whose latencies do not count. */
export async function inspectOperators(
  target: RunnerTarget,
  placed: Pick<PlacedKit, 'command' | 'library'>,
  options: RunnerOptions,
  signal?: AbortSignal,
): Promise<Coverage> {
  let coverage: RunnerEventOf<'coverage'> | undefined;
  let runtimeVersion: string | undefined;
  const times: OperatorTime[] = [];
  await runProgram(target, placed, {
    mode: 'profile',
    options,
    onEvent: (event) => {
      if (event.ev === 'coverage') coverage = event;
      else if (event.ev === 'library') runtimeVersion = event.version;
      else if (event.ev === 'operator')
        times.push({
          subgraph: event.subgraph,
          index: event.op,
          name: event.name,
          inner: event.inner !== 0,
          runs: event.runs,
          totalNs: event.ns,
        });
    },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return {
    operators: coverage?.operators,
    delegated: coverage && Math.max(0, coverage.delegated),
    partitions: coverage?.partitions,
    runtimeVersion,
    times,
  };
}

/** Resident memory by phase; a launch of its own, because reading it disturbs the timing. */
export async function inspectMemory(
  target: RunnerTarget,
  placed: Pick<PlacedKit, 'command' | 'library'>,
  options: RunnerOptions,
  signal?: AbortSignal,
): Promise<Memory> {
  const phases = new Map<string, RunnerEventOf<'memory'>>();
  await runProgram(target, placed, {
    mode: 'memory',
    options,
    onEvent: (event) => {
      if (event.ev === 'memory') phases.set(event.phase, event);
    },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  const bytes = (phase: string): number | undefined => kib(phases.get(phase)?.rssKb);
  const memory = {
    beforeLoadBytes: bytes('library'),
    afterLoadBytes: bytes('load'),
    afterFirstBytes: bytes('first'),
    steadyBytes: bytes('steady'),
    peakBytes: kib(phases.get('steady')?.peakKb),
  };
  return Object.fromEntries(Object.entries(memory).filter(([, value]) => value !== undefined));
}

/** Bytes of KiB, where the target could tell. */
const kib = (value: number | undefined): number | undefined =>
  value === undefined || value < 0 ? undefined : value * 1024;
