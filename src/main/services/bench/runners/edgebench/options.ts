import type { RunnerSettings } from '@main/ports/device-runner';

/** Our runner's options by name, without dashes; undefined ones are left out. */
export type RunnerOptions = Readonly<Record<string, string | number | undefined>>;

/** The options that all its modes share. */
export const commonOptions = (settings: RunnerSettings): RunnerOptions => ({
  model: settings.modelPath,
  inputs: settings.inputs,
  signature: settings.signature,
  threads: settings.threads,
  delegate: settings.delegate.kind === 'cpu' ? 'none' : settings.delegate.kind,
  cpus: settings.coreMask,
});

export const flagsOf = (options: RunnerOptions): string[] =>
  Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}`, String(value)]));
