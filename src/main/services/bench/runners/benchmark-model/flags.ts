import type { RunnerSettings } from '@main/ports/device-runner';
import { AppError } from '@shared/error/app-error';
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

/** The tool's flags for what our runner's delegates are told by these names. */
const OPTION_FLAGS: Partial<Record<Delegate, Readonly<Record<string, string>>>> = {
  gpu: {
    precision_loss_allowed: 'gpu_precision_loss_allowed',
    sustained_speed: 'gpu_inference_for_sustained_speed',
    max_partitions: 'max_delegated_partitions',
    quantized: 'gpu_experimental_enable_quant',
    backend: 'gpu_backend',
  },
  nnapi: {
    accelerator: 'nnapi_accelerator_name',
    allow_fp16: 'nnapi_allow_fp16',
    disallow_cpu: 'disable_nnapi_cpu',
    max_partitions: 'max_delegated_partitions',
  },
};

/** Throws `usage.wrong` for an option that the delegate has not. */
function optionFlag(kind: Delegate, name: string): string {
  const known = OPTION_FLAGS[kind] ?? {};
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag !== undefined) return flag;
  const names = Object.keys(known).join(', ') || 'none';
  throw new AppError('usage.wrong', `The delegate ${kind} has no option '${name}': there are ${names}.`);
}

/** What all of its launches are made with. `delegateLibrary` is where an external delegate is on the target. */
export function commonFlags(settings: RunnerSettings, delegateLibrary: string | undefined): Flags {
  const { delegate, modelPath, threads, signature, inputs } = settings;
  const options = Object.entries(delegate.options ?? {});
  const own =
    delegate.kind === 'external'
      ? []
      : options.map(([name, value]) => [optionFlag(delegate.kind, name), value] as const);
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
