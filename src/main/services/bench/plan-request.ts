import type { Clock } from '@main/ports/clock';
import type { DeviceRunner } from '@main/ports/device-runner';
import type { Run } from '@shared/model/run';
import type { PlanFacts } from './run-header';
import type { Series } from './series';
import type { BenchEvent, BenchSink } from './sink';

/** Errors after which there is no use in asking the target anything more. */
export const TARGET_GONE: ReadonlySet<string> = new Set([
  'device.lost',
  'device.not-found',
  'device.not-ready',
  'timeout',
]);

export interface PlanRequest extends PlanFacts {
  readonly runner: DeviceRunner;
  readonly series: readonly Series[];
  /** Hold clocks and screen steady meanwhile, where the target lets us. */
  readonly prepare: boolean;
  readonly newId: () => string;
  /** What an earlier attempt of the plan left on this target. */
  readonly earlier: readonly Run[];
  /** Whether these runs are told apart: asked after each turn of launches beyond the usual ones. */
  readonly isDecided?: ((runs: readonly Run[]) => boolean) | undefined;
  readonly watchEveryMs?: number | undefined;
  /** Ends it after the launch that is under way. */
  readonly pause?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly sink: BenchSink;
  readonly onEvent: (event: BenchEvent) => void;
  readonly signal?: AbortSignal | undefined;
}
