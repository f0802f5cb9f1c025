import type { InputFiles } from '@main/ports/device-runner';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { BenchVariant } from '../services/bench';
import type { RealInput } from './real-input';
import type { FlowTools } from './tools';

/** A variant as it is measured, with the user's own sample where its inputs take it as it is. */
export async function benchVariant(
  variant: VariantInfo,
  model: ModelInfo,
  signature: string | undefined,
  inputs: RealInput | undefined,
  tools: FlowTools,
): Promise<BenchVariant> {
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
    ...(inputs && takesFloats(variant) ? { inputs: await inputFiles(inputs, tools) } : {}),
  };
}

async function inputFiles({ file, tensors }: RealInput, { localFiles }: FlowTools): Promise<InputFiles> {
  return {
    stream: await localFiles.identify(file),
    tensors: await Promise.all(
      tensors.map(async ({ name, shape, file: path }) => ({
        name,
        shape,
        file: await localFiles.identify(path),
      })),
    ),
  };
}

/** Integer inputs would need the sample encoded; the runner makes values up for them. */
const takesFloats = ({ making }: VariantInfo): boolean =>
  (making?.recipe.inputType ?? 'float32') === 'float32';
