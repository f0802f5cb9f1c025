import type { RunnerSettings } from '@main/ports/device-runner';
import type { Delegate } from '@shared/model/delegate';
import type { Profile } from '@shared/model/profile';

/** benchmark_model's flags by name, without dashes; undefined ones are left out. */
export type Flags = Readonly<Record<string, string | number | boolean | undefined>>;

export const argumentsOf = (flags: Flags): string[] =>
  Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));

/** A slow model gets ten times the profile's time before it is cut short. */
export const longestSeconds = (profile: Profile): number => Math.max(profile.secondsPerLaunch * 10, 120);

/** What names the delegate; the built-in kernels have to be asked for, as XNNPACK is on by itself. */
const DELEGATE_FLAGS: Record<Delegate, (path: string | undefined, options: string | undefined) => Flags> = {
  cpu: () => ({ use_xnnpack: false }),
  xnnpack: () => ({ use_xnnpack: true }),
  gpu: () => ({ use_gpu: true }),
  nnapi: () => ({ use_nnapi: true }),
  external: (path, options) => ({ external_delegate_path: path, external_delegate_options: options }),
};

/** Options of the tool's own delegates are flags of their own, e.g. gpu_precision_loss_allowed, nnapi_accelerator_name. */
const OWN_OPTION = /^(?:gpu|nnapi|xnnpack|max_delegated|min_nodes|delegate|disable_nnapi)_\w+$/;

/** What all of its launches are made with. `delegateLibrary` is where an external delegate is on the target. */
export function commonFlags(settings: RunnerSettings, delegateLibrary: string | undefined): Flags {
  const { delegate, modelPath, threads, signature, inputs } = settings;
  const options = Object.entries(delegate.options ?? {});
  const own = delegate.kind === 'external' ? [] : options.filter(([name]) => OWN_OPTION.test(name));
  // tools/delegates/external_delegate_provider.cc: options are separated by ";", a name from its value by ":".
  const external = options.map(([name, value]) => `${name}:${value}`).join(';');
  return {
    graph: modelPath,
    num_threads: threads,
    signature_to_run_for: signature,
    ...DELEGATE_FLAGS[delegate.kind](delegateLibrary, external === '' ? undefined : external),
    ...Object.fromEntries(own),
    ...(inputs === undefined ? {} : inputFlags(inputs)),
  };
}

export const launchFlags = (profile: Profile): Flags => ({
  // The first of them is the first inference.
  warmup_runs: Math.max(1, profile.warmup.runs),
  warmup_min_secs: profile.warmup.seconds,
  num_runs: Math.max(1, profile.samplesPerLaunch),
  min_secs: profile.secondsPerLaunch,
  max_secs: longestSeconds(profile),
});

/** One input, as a text: name, shape and file. */
export interface InputFile {
  readonly name: string;
  readonly shape: readonly number[];
  readonly path: string;
}

export const encodeInput = (input: InputFile): string => JSON.stringify(input);

/** Names must not hold what the tool separates them by; a colon can be doubled (tools/benchmark/README.md, input_layer_value_files). */
export const isNameable = (name: string): boolean => name !== '' && !name.includes(',');

function inputFlags(encoded: string): Flags {
  const { name, shape, path } = JSON.parse(encoded) as InputFile;
  return {
    input_layer: name,
    input_layer_shape: shape.join(','),
    input_layer_value_files: `${name.replaceAll(':', '::')}:${path}`,
  };
}
