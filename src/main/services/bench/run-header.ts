import type { RunnerInstall } from '@main/ports/runner-target';
import type { DeviceFingerprint } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Launch } from '@shared/model/run';
import type { Coverage } from './inspect';
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
  install: RunnerInstall,
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
    runner: 'edgebench-runner',
    runnerHash: install.runnerHash,
    runtime: 'TFLite',
    startWay: install.startWay,
    delegateAsked: series.xnnpack ? 'xnnpack' : 'cpu',
    delegateGot: 'cpu',
  },
});

/** A run as it ended: its status from its launches, and what the delegate took. `reason` is what ended it early. */
export const lastHeader = (
  header: RunHeader,
  { operators, delegated, runtimeVersion }: Coverage,
  launches: readonly Launch[],
  more: Pick<RunHeader, 'memory'>,
  reason?: string,
): RunHeader => ({
  ...header,
  ...more,
  ...runStatus(launches, header.profile.launches, reason),
  provenance: {
    ...header.provenance,
    runtime: runtimeVersion === undefined ? header.provenance.runtime : `TFLite ${runtimeVersion}`,
    delegateGot: delegated > 0 ? 'xnnpack' : 'cpu',
    delegatedOps: delegated,
    totalOps: operators,
  },
});
