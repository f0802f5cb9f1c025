import type { Coverage, InstalledRunner } from '@main/ports/device-runner';
import type { DeviceFingerprint } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Launch } from '@shared/model/run';
import { delegateGot } from './delegate-got';
import { energyOf } from './energy';
import type { Series } from './series';
import type { RunHeader } from './sink';
import { runStatus } from './status';

/** What all runs of a plan have in common. */
export interface PlanFacts {
  readonly planId: string;
  readonly profile: Profile;
  readonly appVersion: string;
}

/** A run as it begins: interrupted, until its end says otherwise. */
export const firstHeader = (
  { planId, profile, appVersion }: PlanFacts,
  series: Series,
  runner: InstalledRunner['provenance'],
  device: DeviceFingerprint,
  begun: { readonly id: string; readonly startedAt: string },
): RunHeader => ({
  ...begun,
  name: series.variant.name,
  planId,
  status: 'interrupted',
  model: series.variant.model,
  variant: series.variant.variant,
  device,
  profile,
  threads: series.threads,
  ...(series.affinity === undefined ? {} : { affinity: series.affinity }),
  provenance: {
    appVersion,
    ...runner,
    runtime: 'TFLite',
    delegateAsked: series.delegate.kind,
    delegateGot: 'cpu',
  },
});

/** What became of a run. */
export interface Ended {
  readonly header: RunHeader;
  readonly coverage: Coverage;
  readonly launches: readonly Launch[];
  readonly flags: readonly string[];
}

function withEnergy(launches: readonly Launch[]): Pick<RunHeader, 'energy'> {
  const energy = energyOf(launches);
  return energy ? { energy } : {};
}

/** A run as it ended: its status from its launches, and what the delegate took. `reason` is what ended it early. */
export const lastHeader = (
  { header, coverage, launches, flags }: Ended,
  more: Pick<RunHeader, 'memory'>,
  reason?: string,
): RunHeader => ({
  ...header,
  ...more,
  ...withEnergy(launches),
  ...runStatus(launches, header.profile.launches, reason),
  provenance: {
    ...header.provenance,
    flags: [...flags],
    runtime:
      coverage.runtimeVersion === undefined ? header.provenance.runtime : `TFLite ${coverage.runtimeVersion}`,
    delegateGot: delegateGot(header.provenance.delegateAsked, coverage),
    ...(coverage.delegated === undefined ? {} : { delegatedOps: coverage.delegated }),
    ...(coverage.operators === undefined ? {} : { totalOps: coverage.operators }),
    ...(coverage.partitions === undefined ? {} : { partitions: coverage.partitions }),
  },
});
