import type { OutputError } from '@shared/model/validation';
import type { Tensor } from '@shared/model/tensor';

/** A vector of at least this many and at most so many values per sample is looked at as class scores. */
const [MIN_CLASSES, MAX_CLASSES] = [2, 100_000];
const TOP_K = 5;

/** Adds up one output's error against a reference, sample by sample; memory does not grow with the samples. */
export class OutputErrorSum {
  readonly #output: string;
  #count = 0;
  #maxAbs = 0;
  #sumAbs = 0;
  #sumSquaredError = 0;
  #sumSquaredReference = 0;
  #sumSquaredCandidate = 0;
  #sumProduct = 0;
  #min = Infinity;
  #max = -Infinity;
  #notFinite = false;
  #classified = 0;
  #top1 = 0;
  #top5 = 0;

  constructor(output: string) {
    this.#output = output;
  }

  /** One sample's values on both sides, of one length. */
  add(reference: Float64Array, candidate: Float64Array, looksLikeScores: boolean): void {
    for (let i = 0; i < reference.length; i++) {
      const r = reference[i] ?? 0;
      const c = candidate[i] ?? 0;
      if (!Number.isFinite(r) || !Number.isFinite(c)) {
        // The same infinity or NaN on both sides is no difference.
        if (!Object.is(r, c)) this.#notFinite = true;
        continue;
      }
      const error = Math.abs(r - c);
      if (error > this.#maxAbs) this.#maxAbs = error;
      this.#sumAbs += error;
      this.#sumSquaredError += error * error;
      this.#sumSquaredReference += r * r;
      this.#sumSquaredCandidate += c * c;
      this.#sumProduct += r * c;
      if (r < this.#min) this.#min = r;
      if (r > this.#max) this.#max = r;
      this.#count++;
    }
    if (!looksLikeScores) return;
    const best = indexOfMax(reference);
    this.#classified++;
    if (indexOfMax(candidate) === best) this.#top1++;
    if (rankOf(candidate, best) < TOP_K) this.#top5++;
  }

  result(): OutputError {
    const scores = (share: number): number | null =>
      this.#classified === 0 ? null : share / this.#classified;
    const mean = this.#count === 0 ? null : this.#sumAbs / this.#count;
    const range = this.#count === 0 ? null : this.#max - this.#min;
    const meanSquare = this.#sumSquaredError / Math.max(1, this.#count);
    const norm = Math.sqrt(this.#sumSquaredReference * this.#sumSquaredCandidate);
    return {
      output: this.#output,
      maxAbs: this.#notFinite ? null : this.#maxAbs,
      meanAbs: this.#notFinite ? null : mean,
      range,
      snrDb: this.#notFinite ? null : decibels(this.#sumSquaredReference, this.#sumSquaredError),
      psnrDb: this.#notFinite || range === null ? null : decibels(range * range, meanSquare),
      // A NaN or infinity on one side only is as wrong as can be.
      cosine: this.#notFinite
        ? 0
        : norm > 0
          ? Math.min(1, this.#sumProduct / norm)
          : this.#sumSquaredError === 0
            ? 1
            : 0,
      top1Agreement: scores(this.#top1),
      top5Agreement: scores(this.#top5),
    };
  }
}

/** Ratio of powers in dB; null when there is no error at all. */
const decibels = (signal: number, noise: number): number | null =>
  noise === 0 ? null : 10 * Math.log10(Math.max(signal, Number.MIN_VALUE) / noise);

export function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

/** Place of the value at `index` when all are sorted, from 0; of equal ones the first comes first, as in `indexOfMax`. */
function rankOf(values: Float64Array, index: number): number {
  const value = values[index] ?? 0;
  let rank = 0;
  for (const [i, other] of values.entries()) if (other > value || (other === value && i < index)) rank++;
  return rank;
}

/** True for one vector of classes per sample: [1, C] or [C]. */
export function looksLikeScores(tensor: Tensor): boolean {
  if (!tensor.dtype.startsWith('float') && !tensor.dtype.includes('int')) return false;
  const shape = tensor.shape.slice(1);
  const classes = shape[shape.length - 1] ?? 0;
  return shape.slice(0, -1).every((dim) => dim === 1) && classes >= MIN_CLASSES && classes <= MAX_CLASSES;
}
