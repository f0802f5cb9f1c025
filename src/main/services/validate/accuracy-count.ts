import type { TfliteRuntimeId } from '@main/ports/tflite-runtime';
import type { Accuracy } from '@shared/model/validation';
import { indexOfMax, looksLikeScores } from './output-error';
import { outputAt, perSample, type Outputs, type SampleValues } from './sample-values';

interface Counts {
  before: number;
  after: number;
  samples: number;
}

/** Counts labelled samples that the original and a variant classify rightly, by the first output when it is one of class scores. */
export class AccuracyCount {
  readonly #labels: Int32Array | undefined;
  readonly #counts = new Map<TfliteRuntimeId, Counts>();

  constructor(labels: Int32Array | undefined) {
    this.#labels = labels;
  }

  /** Adds a batch whose first sample is number `start`; samples without a label are left out. */
  add(runtime: TfliteRuntimeId, original: Outputs | undefined, variant: SampleValues, start: number): void {
    const [name] = Object.keys(variant);
    const before = name === undefined ? undefined : outputAt(original, name, 0);
    const after = variant[name ?? ''];
    if (!this.#labels || !before || !after || !looksLikeScores(before)) return;
    const counts = this.#counts.get(runtime) ?? { before: 0, after: 0, samples: 0 };
    for (const [i, values] of perSample(before).entries()) {
      const label = this.#labels[start + i];
      const answered = after[i];
      if (label === undefined || !answered) continue;
      counts.samples++;
      if (indexOfMax(values) === label) counts.before++;
      if (indexOfMax(answered) === label) counts.after++;
    }
    this.#counts.set(runtime, counts);
  }

  result(runtime: TfliteRuntimeId): Accuracy | undefined {
    const counts = this.#counts.get(runtime);
    if (!counts || counts.samples === 0) return undefined;
    const { before, after, samples } = counts;
    return { before: before / samples, after: after / samples, samples };
  }
}
