import type { OperatorTime } from '@main/ports/device-runner';
import type { NamedTensors } from '@shared/model/tensor';
import type { Launch, Run } from '@shared/model/run';

export type RunHeader = Omit<Run, 'launches'>;

/** Where measurements go as they are made; each is awaited, so that what was measured is kept before the next begins. */
export interface BenchSink {
  /** A run begins. */
  begin(run: RunHeader): Promise<void>;
  /** One launch of it is over, whatever came of it. */
  launch(runId: string, launch: Launch): Promise<void>;
  /** The run is over: its final header, the real input's first outputs and the operators' times where they were got. */
  finish(run: RunHeader, more: RunExtras): Promise<void>;
}

export interface RunExtras {
  readonly firstOutputs?: NamedTensors;
  readonly operatorTimes: readonly OperatorTime[];
}

/** What a view shows while a plan runs. */
export type BenchEvent =
  | {
      readonly kind: 'sending';
      readonly serial: string;
      readonly name: string;
      readonly bytes: number;
      readonly of: number;
    }
  | {
      readonly kind: 'launching';
      readonly serial: string;
      readonly runId: string;
      readonly name: string;
      readonly launch: number;
      readonly of: number;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'samples';
      readonly serial: string;
      readonly runId: string;
      readonly launch: number;
      readonly samplesNs: readonly number[];
    }
  /** A launch is being warmed up: so many inferences by now. */
  | { readonly kind: 'warming'; readonly serial: string; readonly runs: number }
  | { readonly kind: 'cooling'; readonly serial: string }
  /** A launch does not begin yet, for this reason, for at most so long. */
  | { readonly kind: 'waiting'; readonly serial: string; readonly why: string; readonly seconds: number };
