import type { DelegateChoice } from '@shared/model/delegate';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Memory, Provenance, ToldLatency } from '@shared/model/run';
import type { RunnerName } from '@shared/model/runner';
import type { LocalFile } from './local-files';
import type { RunnerTarget } from './runner-target';

/** Real input of one sample: all inputs as one tensor stream, and each one's plain bytes. */
export interface InputFiles {
  readonly stream: LocalFile;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly file: LocalFile;
  }[];
}

/** What all launches of one series are made with. */
export interface RunnerSettings {
  /** The model on the target. */
  readonly modelPath: string;
  readonly signature?: string | undefined;
  /** What `putInputs` answered; made-up values without it. */
  readonly inputs?: string | undefined;
  readonly threads: number;
  readonly delegate: DelegateChoice;
  /** Cores to run on, as a hexadecimal mask; all of them without it. */
  readonly coreMask?: string | undefined;
}

/** What a launch says as it goes; times in ns of a monotonic clock. */
export type LaunchEvent =
  | { readonly kind: 'runtime'; readonly version: string }
  | { readonly kind: 'init'; readonly ns: number }
  | { readonly kind: 'first'; readonly ns: number }
  | { readonly kind: 'warmup'; readonly runs: number }
  | { readonly kind: 'samples'; readonly ns: readonly number[] }
  /** All that a runner without raw samples tells of them. */
  | { readonly kind: 'told'; readonly latency: ToldLatency }
  | { readonly kind: 'state'; readonly state: DeviceConditions };

export interface LaunchCall {
  readonly settings: RunnerSettings;
  readonly profile: Profile;
  /** Where the first inference's outputs are left, as a tensor stream; only where the runner can. */
  readonly outputsPath?: string | undefined;
  readonly onEvent: (event: LaunchEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Time of one operator over the profiled runs; `inner` ones ran inside a delegate. */
export interface OperatorTime {
  readonly subgraph: number;
  readonly index: number;
  readonly name: string;
  readonly inner: boolean;
  readonly runs: number;
  readonly totalNs: number;
}

/** Who ran the model's operators. */
export interface Coverage {
  /** Operators of the model, and how many of them delegates took; undefined where the runner does not tell. */
  readonly operators: number | undefined;
  readonly delegated: number | undefined;
  /** Pieces of the graph that delegates run. */
  readonly partitions: number | undefined;
  readonly runtimeVersion: string | undefined;
  readonly times: readonly OperatorTime[];
}

/** A runner that is on a target. All of it rejects with `runner.failed` when the program breaks down or refuses. */
export interface InstalledRunner {
  /** What every run has to know of it. */
  readonly provenance: Pick<Provenance, 'runner' | 'runnerHash' | 'runnerVersion' | 'startWay'>;
  /** Whether it can give the first inference's outputs. */
  readonly givesOutputs: boolean;
  /** Puts real input on the target: what the settings' `inputs` is to be; undefined where the runner cannot take this input. */
  putInputs(inputs: InputFiles, signal?: AbortSignal): Promise<string | undefined>;
  /** One process start: initialisation, first inference, warm-up, samples. */
  launch(call: LaunchCall): Promise<void>;
  /** Who runs the operators, and each one's time, in a launch whose latencies do not count. */
  inspect(settings: RunnerSettings, signal?: AbortSignal): Promise<Coverage>;
  /** Resident memory by phase, in a launch of its own. */
  memory(settings: RunnerSettings, signal?: AbortSignal): Promise<Memory>;
  /** The program's arguments for a launch, as the run's record shows them. */
  flags(settings: RunnerSettings, profile: Profile): readonly string[];
}

/** A program that measures models on targets. */
export interface DeviceRunner {
  readonly name: RunnerName;
  /** Puts it on the target, if it is not there yet. Rejects with `device.unsupported` where it cannot run, and says why. */
  install(target: RunnerTarget, signal?: AbortSignal): Promise<InstalledRunner>;
}
