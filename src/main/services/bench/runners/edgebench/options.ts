import type { RunnerSettings } from '@main/ports/device-runner';

/** Our runner's options by name, without dashes; undefined ones are left out, lists are repeated. */
export type RunnerOptions = Readonly<Record<string, string | number | readonly string[] | undefined>>;

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
  Object.entries(options).flatMap(([key, value]) =>
    value === undefined
      ? []
      : (Array.isArray(value) ? (value as readonly string[]) : [value]).flatMap((one) => [
          `--${key}`,
          String(one),
        ]),
  );
