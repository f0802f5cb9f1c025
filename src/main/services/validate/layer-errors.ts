import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { NamedTensors } from '@shared/model/tensor';
import type { LayerError } from '@shared/model/validation';

/** An operator's output twice, in one model: as its integer kernel gave it, and its float kernel on the same operands. */
export interface LayerProbe {
  readonly name: string;
  readonly type: string;
  readonly scale: number;
  readonly quantizedOutput: string;
  readonly floatOutput: string;
}

/** Above this an operator loses more than rounding: RMSE / scale of rounding alone is 1 / sqrt(12) = 0.289. */
const SUSPICIOUS = 0.7;

interface Sums {
  squaredError: number;
  squaredValue: number;
  count: number;
}

/**
 * Runs a model with probes over samples and ranks its operators, the worst first. One sample is held at a time.
 */
export async function layerErrors(
  runtime: TfliteRuntime,
  modelPath: string,
  probes: readonly LayerProbe[],
  samples: AsyncIterable<NamedTensors>,
  signal?: AbortSignal,
): Promise<LayerError[]> {
  const sums = probes.map((): Sums => ({ squaredError: 0, squaredValue: 0, count: 0 }));
  for await (const inputs of samples) {
    const { outputs } = await runtime.run({ modelPath, inputs, xnnpack: false }, signal);
    for (const [i, { quantizedOutput, floatOutput }] of probes.entries()) {
      const quantized = outputs[quantizedOutput]?.data as Float32Array | undefined;
      const float = outputs[floatOutput]?.data as Float32Array | undefined;
      const sum = sums[i];
      if (!quantized || !float || !sum) throw new Error(`the probe gave no '${quantizedOutput}'`);
      for (const [k, value] of float.entries()) {
        sum.squaredError += (value - (quantized[k] ?? 0)) ** 2;
        sum.squaredValue += value * value;
      }
      sum.count += float.length;
    }
  }
  const errors = probes.map(({ name, type, scale }, i): LayerError => {
    const { squaredError, squaredValue, count } = sums[i] as Sums;
    const rmseOverScale = count === 0 ? null : Math.sqrt(squaredError / count) / scale;
    return {
      operator: name,
      type,
      rmseOverScale,
      snrDb:
        squaredError === 0 ? null : 10 * Math.log10(Math.max(squaredValue, Number.MIN_VALUE) / squaredError),
      suspicious: rmseOverScale !== null && rmseOverScale > SUSPICIOUS,
    };
  });
  return errors.sort((a, b) => (b.rmseOverScale ?? 0) - (a.rmseOverScale ?? 0));
}
