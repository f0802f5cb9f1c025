import type { ModelFiles } from '@main/ports/model-files';
import type { Precision } from '@shared/model/recipe';
import { allGraphs, readTflite, type Model, type Value } from '../services/convert';
import type { PortInterface, VariantInterface } from '../services/validate';

export interface VariantDescription {
  readonly signatures: readonly VariantInterface[];
  /** What the file's tensors show that it computes in. */
  readonly precision: Precision;
}

/** What a .tflite file (which passes our verifier first) takes, gives and computes in. */
export function describeVariant(path: string, files: ModelFiles): VariantDescription {
  const model = readTflite(path, files);
  const port = ({ name, value }: { readonly name: string; readonly value: Value }): PortInterface => ({
    name,
    dtype: value.dtype,
    shape: value.shape,
    quantization: value.quantization,
  });
  return {
    signatures: model.signatures.map(({ key, inputs, outputs }) => ({
      key,
      inputs: inputs.map(port),
      outputs: outputs.map(port),
    })),
    precision: precisionOf(model),
  };
}

function precisionOf(model: Model): Precision {
  let precision: Precision = 'float32';
  for (const graph of allGraphs(model))
    for (const op of graph.ops) {
      for (const output of op.outputs) {
        if (output.quantization && output.dtype === 'int16') return 'int16x8';
        if (output.quantization && (output.dtype === 'int8' || output.dtype === 'uint8')) return 'int8';
      }
      for (const input of op.inputs) {
        if (input?.constant && input.dtype === 'int8' && input.quantization) precision = 'dynamic';
        else if (input?.constant && input.dtype === 'float16' && precision === 'float32')
          precision = 'float16';
      }
    }
  return precision;
}
