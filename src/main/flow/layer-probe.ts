import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { NamedTensors } from '@shared/model/tensor';
import type { LayerError } from '@shared/model/validation';
import { writeModel, type Model } from '../services/convert';
import { probeModel, type QuantizeResult } from '../services/quantize';
import { layerErrors } from '../services/validate';

/** Each operator's own error in a quantized model, ranked; undefined when nothing of it is integer. */
export async function measureLayers(
  float: Model,
  quantized: QuantizeResult,
  samples: AsyncIterable<NamedTensors>,
  runtime: TfliteRuntime,
  folder: string,
  signal?: AbortSignal,
): Promise<LayerError[] | undefined> {
  const probe = probeModel(float, quantized);
  if (!probe) return undefined;
  const path = join(folder, `.probe-${process.pid}.tflite`);
  try {
    await writeModel(probe.model, path);
    return await layerErrors(runtime, path, probe.operators, samples, signal);
  } finally {
    await rm(path, { force: true });
  }
}
