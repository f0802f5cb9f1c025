import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { NamedTensors } from '@shared/model/tensor';
import type { LayerError } from '@shared/model/validation';

/** An operator's output twice, in one model: as its integer kernel gave it, and its float kernel on the same operands. */
export interface LayerProbe {
  readonly name: string;
  readonly type: string;
  readonly scale: number;
  /** The kernel dictates its scale: no other range would serve it better. */
  readonly isFixed: boolean;
  /** Operators that compute with its output: what it lost is only won back when they are float, too. */
  readonly readers: readonly string[];
  readonly quantizedOutput: string;
  readonly floatOutput: string;
}

/** Above this an operator loses more than rounding: RMSE / scale of rounding alone is 1 / sqrt(12) = 0.289. */
const SUSPICIOUS = 0.7;
/** Below this ratio to the error most channels are lost in the steps that one of them needs. */
const LEAST_SNR_DB = 10;

/** Sums for each channel (the last axis). */
class Sums {
  #squaredErrors = new Float64Array();
  #squaredValues = new Float64Array();
  #count = 0;

  add(float: Float32Array, quantized: Float32Array, channels: number): void {
    if (this.#squaredErrors.length !== channels) {
      this.#squaredErrors = new Float64Array(channels);
      this.#squaredValues = new Float64Array(channels);
    }
    for (let i = 0, c = 0; i < float.length; i++, c = c + 1 === channels ? 0 : c + 1) {
      const value = float[i] as number;
      const error = value - (quantized[i] ?? 0);
      this.#squaredErrors[c] = (this.#squaredErrors[c] as number) + error * error;
      this.#squaredValues[c] = (this.#squaredValues[c] as number) + value * value;
    }
    this.#count += float.length;
  }

  get rmse(): number | null {
    return this.#count === 0 ? null : Math.sqrt(this.#squaredErrors.reduce((a, b) => a + b, 0) / this.#count);
  }

  /** Of the median channel: one with huge values must not hide that the others are lost. */
  get snrDb(): number | null {
    const ratios = Array.from(this.#squaredErrors, (error, c) => (this.#squaredValues[c] ?? 0) / error)
      .filter((ratio) => ratio > 0 && ratio < Infinity)
      .sort((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)];
    return median === undefined ? null : 10 * Math.log10(median);
  }
}

/**
 * Runs a model with probes over samples and ranks its operators, the worst first; an operator that reads what another lost
 * follows that one. One sample is held at a time.
 */
export async function layerErrors(
  runtime: TfliteRuntime,
  modelPath: string,
  probes: readonly LayerProbe[],
  samples: AsyncIterable<NamedTensors>,
  signal?: AbortSignal,
): Promise<LayerError[]> {
  const sums = probes.map(() => new Sums());
  for await (const inputs of samples) {
    const { outputs } = await runtime.run({ modelPath, inputs, xnnpack: false }, signal);
    for (const [i, { quantizedOutput, floatOutput }] of probes.entries()) {
      const quantized = outputs[quantizedOutput]?.data as Float32Array | undefined;
      const float = outputs[floatOutput];
      if (!quantized || !float) throw new Error(`the probe gave no '${quantizedOutput}'`);
      sums[i]?.add(float.data as Float32Array, quantized, Math.max(1, float.shape.at(-1) ?? 1));
    }
  }
  return ranked(
    probes.map(({ name, type, scale, isFixed, readers }, i) => {
      const rmse = sums[i]?.rmse ?? null;
      const snrDb = sums[i]?.snrDb ?? null;
      const rmseOverScale = rmse === null ? null : rmse / scale;
      const inside = (rmseOverScale ?? 0) / SUSPICIOUS;
      const range = isFixed || snrDb === null ? 0 : 10 ** ((LEAST_SNR_DB - snrDb) / 20);
      return { error: { operator: name, type, rmseOverScale, snrDb }, inside, range, readers };
    }),
  );
}

interface Judged {
  readonly error: Omit<LayerError, 'suspicious'>;
  /** What the kernel itself loses, and what the steps of its output lose; above 1 either is suspicious. */
  readonly inside: number;
  readonly range: number;
  readonly readers: readonly string[];
}

function ranked(layers: readonly Judged[]): LayerError[] {
  const inherited = new Map<string, number>();
  for (const { range, inside, readers } of layers)
    if (range > 1 && range > inside)
      for (const reader of readers) inherited.set(reader, Math.max(inherited.get(reader) ?? 0, range));
  return layers
    .map(({ error, inside, range }) => {
      const own = Math.max(inside, range);
      return { error, own, score: Math.max(own, inherited.get(error.operator) ?? 0) };
    })
    .sort((a, b) => b.score - a.score || b.own - a.own)
    .map(({ error, score }) => ({ ...error, suspicious: score > 1 }));
}
