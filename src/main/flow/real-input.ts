import type { BenchmarkInput } from '@shared/api/jobs';
import { isAppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { openDataSet } from '../services/data';
import { encodeFor, type PortInterface, type VariantInterface } from '../services/validate';
import { describeVariant } from './describe-variant';
import type { FlowTools } from './tools';

/** The first sample of the user's data: tensors with a first axis of one sample, by the original's names. */
export interface RealInput {
  /** Where files made of it may be put. */
  readonly folder: string;
  /** The signature that it is for; a file's first one without it. */
  readonly signature?: string | undefined;
  readonly sample: NamedTensors;
}

/** None for random data, which the runner makes itself. */
export async function realInput(
  input: BenchmarkInput,
  model: ModelInfo,
  folder: string,
): Promise<RealInput | undefined> {
  const path = input.data ?? input.calibration;
  const signature = model.signatures.find(({ key }) => key === (input.signature ?? model.defaultSignature));
  if (path === undefined || !signature) return undefined;
  const data = await openDataSet(path, signature.inputs);
  try {
    return { folder, signature: input.signature, sample: await data.slice(0, 1) };
  } finally {
    await data.close();
  }
}

/** What a variant's file takes and gives under the signature that is measured; undefined where it has none. */
export function interfaceFor(
  path: string,
  { signature }: Pick<RealInput, 'signature'>,
  { files }: Pick<FlowTools, 'files'>,
): VariantInterface | undefined {
  const { signatures } = describeVariant(path, files);
  return signatures.find(({ key }) => key === signature) ?? signatures[0];
}

/** The sample as a file's inputs take it, quantized where they are; undefined where they cannot take it. */
export function sampleFor({ sample }: RealInput, ports: readonly PortInterface[]): NamedTensors | undefined {
  try {
    const tensors = ports.map(
      ({ name, dtype, quantization }, position): readonly [string, Tensor] | undefined => {
        const tensor = sample[name] ?? Object.values(sample)[position];
        return tensor && [name, encodeFor(tensor, dtype, quantization)];
      },
    );
    return tensors.includes(undefined)
      ? undefined
      : Object.fromEntries(tensors.filter((one) => one !== undefined));
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
