import type { RangeCollector, RangeRequest, TensorRange } from '@main/ports/range-collector';
import { AppError } from '@shared/error/app-error';
import type { RunnerEvent, RunnerEventOf } from '@shared/runner/events';
import type { RunnerParts } from './parts';
import { runRunner } from './runner-process';
import { encodeSample } from './samples';

/** Calibration through our runner: samples go in through a pipe one at a time, only ranges come back. */
export class RunnerRangeCollector implements RangeCollector {
  readonly #parts: RunnerParts;
  readonly #threads: number;

  constructor(parts: RunnerParts, threads: number) {
    this.#parts = parts;
    this.#threads = threads;
  }

  async collect(request: RangeRequest, signal?: AbortSignal): Promise<readonly TensorRange[]> {
    const found = new Ranges();
    await runRunner({
      ...this.#parts.files(),
      mode: 'calibrate',
      modelPath: request.modelPath,
      options: {
        inputs: '-',
        delegate: 'xnnpack',
        threads: this.#threads,
        bins: request.histogramBins ?? 0,
        signature: request.signature,
      },
      input: encoded(request),
      onEvent: (event) => {
        if (event.ev === 'progress') request.onSample?.(event.done);
        else found.add(event);
      },
      signal,
    });
    request.onSample?.(found.samples);
    return found.list();
  }
}

async function* encoded(request: RangeRequest): AsyncGenerator<Uint8Array> {
  for await (const sample of request.samples) yield encodeSample(sample);
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
    else if (event.ev === 'end') this.samples = event.count ?? 0;
  }

  list(): TensorRange[] {
    if (this.samples === 0)
      throw new AppError('data.invalid', 'There is no calibration sample: give at least one.');
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
