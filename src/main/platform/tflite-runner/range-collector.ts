import type { RangeCollector, RangeRequest, TensorRange } from '@main/ports/range-collector';
import { AppError } from '@shared/error/app-error';
import type { RunnerEvent, RunnerEventOf } from '@shared/runner/events';
import type { NamedTensors } from '@shared/model/tensor';
import { mergeRanges } from './merge-ranges';
import type { RunnerParts } from './parts';
import { runRunner } from './runner-process';
import { encodeSample } from './samples';

/** Fewer samples than these are not worth a process. */
const LEAST_SAMPLES = 8;

/**
 * Calibration through our runner: samples go in through pipes one at a time, only ranges come back. Samples are shared out
 * among processes of one thread each: a sample then gives the same numbers however many there are, which a kernel that
 * splits one sum among threads does not.
 */
export class RunnerRangeCollector implements RangeCollector {
  readonly #parts: RunnerParts;
  readonly #processes: number;

  constructor(parts: RunnerParts, processes: number) {
    this.#parts = parts;
    this.#processes = processes;
  }

  async collect(request: RangeRequest, signal?: AbortSignal): Promise<readonly TensorRange[]> {
    const samples = request.samples[Symbol.asyncIterator]();
    const shared: AsyncIterable<NamedTensors> = {
      [Symbol.asyncIterator]: () => ({ next: () => samples.next() }),
    };
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const count = Math.min(this.#processes, Math.ceil((request.expected ?? Infinity) / LEAST_SAMPLES));
    const parts = Array.from({ length: Math.max(1, count) }, () => new Ranges());
    const done = (): number => parts.reduce((sum, part) => sum + part.samples, 0);
    const failures: unknown[] = [];
    await Promise.all(
      parts.map((part) =>
        this.#run(request, shared, part, () => request.onSample?.(done()), either).catch((error: unknown) => {
          failures.push(error);
          stop.abort(error);
        }),
      ),
    );
    await samples.return?.();
    if (failures.length > 0) throw failures[0];
    if (done() === 0)
      throw new AppError('data.invalid', 'There is no calibration sample: give at least one.');
    request.onSample?.(done());
    return mergeRanges(parts.filter(({ samples: own }) => own > 0).map((part) => part.list()));
  }

  async #run(
    request: RangeRequest,
    samples: AsyncIterable<NamedTensors>,
    found: Ranges,
    onSample: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    await runRunner({
      ...this.#parts.files(),
      mode: 'calibrate',
      modelPath: request.modelPath,
      options: {
        inputs: '-',
        delegate: 'xnnpack',
        threads: 1,
        bins: request.histogramBins ?? 0,
        signature: request.signature,
      },
      input: encoded(samples),
      onEvent: (event) => {
        found.add(event);
        if (event.ev === 'progress') onSample();
      },
      signal,
    });
  }
}

async function* encoded(samples: AsyncIterable<NamedTensors>): AsyncGenerator<Uint8Array> {
  for await (const sample of samples) yield encodeSample(sample);
}

class Ranges {
  samples = 0;
  readonly #ranges: RunnerEventOf<'range'>[] = [];
  readonly #histograms = new Map<string, { min: number; max: number; counts: number[] }>();

  add(event: RunnerEvent): void {
    if (event.ev === 'range') this.#ranges.push(event);
    else if (event.ev === 'histogram')
      this.#histograms.set(keyOf(event), { min: event.min, max: event.max, counts: [] });
    else if (event.ev === 'counts') this.#histograms.get(keyOf(event))?.counts.push(...event.counts);
    else if (event.ev === 'progress') this.samples = event.done;
    else if (event.ev === 'end') this.samples = event.count ?? 0;
  }

  list(): TensorRange[] {
    return this.#ranges.map((event) => {
      const histogram = this.#histograms.get(keyOf(event));
      const { subgraph, tensor, min, max, nonFinite } = event;
      return {
        subgraph,
        tensor,
        // No finite value at all: an empty range, and nonFinite says why.
        min: min ?? Number.NaN,
        max: max ?? Number.NaN,
        nonFinite,
        ...(histogram ? { histogram } : {}),
      };
    });
  }
}

const keyOf = (event: { subgraph: number; tensor: number }): string => `${event.subgraph}:${event.tensor}`;
