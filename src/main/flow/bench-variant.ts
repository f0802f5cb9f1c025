import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputFiles } from '@main/ports/device-runner';
import { bytesOf } from '@shared/model/dtype';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { NamedTensors } from '@shared/model/tensor';
import { encodeTensor, sampleOf } from '@shared/runner/tensor-stream';
import type { BenchVariant } from '../services/bench';
import { interfaceFor, sampleFor, type RealInput } from './real-input';
import type { FlowTools } from './tools';

/** A variant as it is measured, with the user's own sample as its inputs take it. */
export async function benchVariant(
  variant: VariantInfo,
  model: ModelInfo,
  signature: string | undefined,
  inputs: RealInput | undefined,
  tools: FlowTools,
): Promise<BenchVariant> {
  const ports = inputs && interfaceFor(variant.path, inputs, tools)?.inputs;
  const sample = inputs && ports && sampleFor(inputs, ports);
  return {
    name: `${model.name} ${variant.recipe}`,
    model: { hash: model.id, name: model.name, format: model.format, bytes: model.bytes },
    variant: {
      hash: variant.id,
      recipe: variant.recipe,
      bytes: variant.bytes,
      validation: variant.validation?.status ?? 'not-validated',
      ...(variant.making ? { making: variant.making } : {}),
    },
    file: await tools.localFiles.identify(variant.path),
    ...(signature === undefined ? {} : { signature }),
    ...(sample ? { inputs: await inputFiles(sample, join(inputs.folder, variant.id), tools) } : {}),
  };
}

/** The sample as the runners read it: a tensor stream, and a file of plain bytes for each input. */
async function inputFiles(
  sample: NamedTensors,
  stem: string,
  { localFiles }: FlowTools,
): Promise<InputFiles> {
  const records = Object.entries(sample).map(([name, tensor]) => ({ name, tensor: sampleOf(tensor, 0) }));
  const kept = async (path: string, bytes: Uint8Array) => {
    await writeFile(path, bytes);
    return localFiles.identify(path);
  };
  return {
    stream: await kept(`${stem}-inputs.bin`, Buffer.concat(records.map(encodeTensor))),
    tensors: await Promise.all(
      records.map(async ({ name, tensor }, i) => ({
        name,
        shape: tensor.shape,
        file: await kept(`${stem}-input-${i}.bin`, bytesOf(tensor.data)),
      })),
    ),
  };
}
