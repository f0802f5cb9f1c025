import type { Quantization, TensorSpec } from '@shared/model/tensor';

/** An input or output of a .tflite file's signature, with its quantization when it has one. */
export interface PortInterface extends TensorSpec {
  readonly quantization: Quantization | undefined;
}

/** One signature of a .tflite file. */
export interface VariantInterface {
  readonly key: string;
  readonly inputs: readonly PortInterface[];
  readonly outputs: readonly PortInterface[];
}
