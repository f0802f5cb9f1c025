import type { Coverage, InstalledRunner, RunnerSettings } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError } from '@shared/error/app-error';
import type { Launch } from '@shared/model/run';
import type { NamedTensors } from '@shared/model/tensor';
import { affinityMask } from './affinity';
import { earlierRun } from './earlier';
import { TARGET_GONE, type PlanRequest } from './plan-request';
import { firstHeader, lastHeader } from './run-header';
import type { Series } from './series';
import type { RunHeader } from './sink';

/** A series on this target, once its run has begun. */
export interface Begun {
  readonly header: RunHeader;
  readonly runner: InstalledRunner;
  readonly settings: RunnerSettings;
  readonly coverage: Coverage;
  readonly launches: Launch[];
  firstOutputs?: NamedTensors;
  over?: true;
}

/**
 * Puts the variant on the target and looks at its operators; a variant that cannot be is kept as a refused run. What an earlier attempt
 * began is gone on with; `over` when there is nothing left to measure.
 */
export async function beginSeries(
  target: RunnerTarget,
  runner: InstalledRunner,
  series: Series,
  request: PlanRequest,
): Promise<Begun | 'over'> {
  const { signal, sink, newId, clock, onEvent } = request;
  const fingerprint = await target.fingerprint(signal);
  const earlier = earlierRun(request.earlier, series, runner.provenance, fingerprint);
  if (earlier && earlier.status !== 'interrupted') return 'over';
  const { launches, reason: _before, ...known } = earlier ?? { launches: [], reason: undefined };
  const header = earlier
    ? (known as RunHeader)
    : firstHeader(request, series, runner.provenance, fingerprint, {
        id: newId(),
        startedAt: clock.nowIso(),
      });
  try {
    // Refused before anything is sent, where the target has no such cores.
    const affinity = series.affinity === undefined ? undefined : affinityMask(series.affinity, fingerprint);
    const { inputs, signature, file, name } = series.variant;
    const onSent = (bytes: number): void =>
      onEvent({ kind: 'sending', serial: target.serial, name, bytes, of: file.bytes });
    const settings: RunnerSettings = {
      modelPath: await target.put(file, signal, onSent),
      signature,
      inputs: inputs && (await runner.putInputs(inputs, signal)),
      threads: series.threads,
      delegate: series.delegate,
      coreMask: affinity,
    };
    const coverage = await runner.inspect(settings, signal);
    if (!earlier) await sink.begin(header);
    return { header, runner, settings, coverage, launches: [...launches] };
  } catch (error) {
    if (signal?.aborted || !isAppError(error) || TARGET_GONE.has(error.code)) throw error;
    if (!earlier) await sink.begin(header);
    const status = error.code === 'runner.failed' ? 'failed' : 'refused';
    await sink.finish({ ...header, status, reason: error.message }, { operatorTimes: [] });
    return 'over';
  }
}

/** Memory is worth knowing, but a target that does not tell it has still measured. */
export async function memoryOf(
  { runner, settings }: Begun,
  signal?: AbortSignal,
): Promise<Pick<RunHeader, 'memory'>> {
  try {
    return { memory: await runner.memory(settings, signal) };
  } catch (error) {
    if (signal?.aborted || !isAppError(error) || TARGET_GONE.has(error.code)) throw error;
    return {};
  }
}

/** The run is over; `reason` is what ended it early. */
export async function finishSeries(
  begun: Begun,
  { profile, sink }: PlanRequest,
  more: Pick<RunHeader, 'memory'>,
  reason?: string,
): Promise<void> {
  begun.over = true;
  const { runner, settings, coverage, firstOutputs } = begun;
  const header = lastHeader({ ...begun, flags: runner.flags(settings, profile) }, more, reason);
  await sink.finish(header, {
    operatorTimes: coverage.times,
    ...(firstOutputs ? { firstOutputs } : {}),
  });
}
