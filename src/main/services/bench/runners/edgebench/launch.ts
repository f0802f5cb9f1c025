import type { LaunchCall } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { RunnerEvent, RunnerEventOf } from '@shared/runner/events';
import type { PlacedKit } from './kits';
import { commonOptions, type RunnerOptions } from './options';
import { runProgram } from './run-program';

const SLACK_S = 300;

export async function launch(
  target: RunnerTarget,
  placed: Pick<PlacedKit, 'command' | 'library'>,
  delegateOptions: RunnerOptions,
  call: LaunchCall,
): Promise<void> {
  const { profile } = call;
  await runProgram(target, placed, {
    mode: 'bench',
    options: { ...benchOptions(call), ...delegateOptions },
    onEvent: (event) => tell(event, call),
    timeoutMs: (longestSeconds(profile) + (profile.warmup.capSeconds ?? 0) + SLACK_S) * 1000,
    signal: call.signal,
  });
}

/** A slow model gets ten times the profile's time before it is cut short. */
const longestSeconds = (profile: Profile): number => Math.max(profile.secondsPerLaunch * 10, 120);

export const benchOptions = ({
  settings,
  profile,
  outputsPath,
}: Pick<LaunchCall, 'settings' | 'profile' | 'outputsPath'>): RunnerOptions => ({
  ...commonOptions(settings),
  outputs: outputsPath,
  'warmup-runs': profile.warmup.runs,
  'warmup-seconds': profile.warmup.seconds,
  'warmup-within': profile.warmup.untilWithin,
  'warmup-cap-seconds': profile.warmup.capSeconds,
  'min-samples': Math.max(1, profile.samplesPerLaunch),
  'min-seconds': profile.secondsPerLaunch,
  'max-seconds': longestSeconds(profile),
});

function tell(event: RunnerEvent, { onEvent }: LaunchCall): void {
  if (event.ev === 'library') onEvent({ kind: 'runtime', version: event.version });
  else if (event.ev === 'init')
    onEvent({ kind: 'init', ns: event.modelNs + event.interpreterNs + event.allocateNs });
  else if (event.ev === 'first') onEvent({ kind: 'first', ns: event.ns });
  else if (event.ev === 'warm' || event.ev === 'warming') onEvent({ kind: 'warmup', runs: event.runs });
  else if (event.ev === 'samples') onEvent({ kind: 'samples', ns: event.ns });
  else if (event.ev === 'state') onEvent({ kind: 'state', state: stateOf(event) });
}

function stateOf(event: RunnerEventOf<'state'>): DeviceConditions {
  const zones = Object.entries(event.tempMilliC).map(([name, value]) => [name, value / 1000] as const);
  return {
    atNs: event.atNs,
    ...(zones.length > 0
      ? { zonesC: Object.fromEntries(zones), hottestC: Math.max(...zones.map(([, value]) => value)) }
      : {}),
    ...(event.cpuKhz.length > 0 ? { cpuKHz: event.cpuKhz } : {}),
  };
}
