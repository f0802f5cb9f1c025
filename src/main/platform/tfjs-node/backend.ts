import type * as TfjsNode from '@tensorflow/tfjs-node';
import { AppError } from '@shared/error/app-error';
import { ARRAY_OF, type DType } from '@shared/model/dtype';
import type { Tensor } from '@shared/model/tensor';

export type Tf = typeof TfjsNode;
export type TfTensor = TfjsNode.Tensor;

/** TensorFlow as tfjs-node carries it. The package puts a backend in place when it is loaded, so it is loaded late. */
export async function loadTensorFlow(): Promise<Tf> {
  try {
    return await import('@tensorflow/tfjs-node');
  } catch (cause) {
    throw new AppError(
      'runtime.unavailable',
      'TensorFlow (tfjs-node) cannot be loaded: run the set-up again.',
      {
        cause,
      },
    );
  }
}

/** E.g. "TensorFlow 2.16.2 (tfjs-node 4.22.0)". */
export function frameworkTitle(tf: Tf): string {
  const backend = tf.backend() as unknown as { binding?: { TF_Version?: string } };
  return `TensorFlow ${backend.binding?.TF_Version ?? '(unknown version)'} (tfjs-node ${tf.version['tfjs-node']})`;
}

/** TF.js has few element types: smaller and larger integers are held as int32. Throws `data.invalid` where that loses. */
export function toTf(tf: Tf, name: string, tensor: Tensor): TfTensor {
  const shape = [...tensor.shape];
  if (tensor.dtype === 'float32') return tf.tensor(tensor.data as Float32Array, shape, 'float32');
  if (tensor.dtype === 'bool') return tf.tensor(tensor.data as Uint8Array, shape, 'bool');
  if (tensor.dtype === 'int32') return tf.tensor(tensor.data as Int32Array, shape, 'int32');
  if (tensor.dtype === 'float64')
    return tf.tensor(Float32Array.from(tensor.data as Float64Array), shape, 'float32');
  if (!INTEGERS.has(tensor.dtype))
    throw new AppError(
      'data.invalid',
      `Input '${name}' has element type ${tensor.dtype}, which TF.js cannot take.`,
    );
  const values = Int32Array.from({ length: tensor.data.length }, (_, i) => Number(tensor.data[i]));
  for (const [i, value] of values.entries())
    if (value !== Number(tensor.data[i]))
      throw new AppError(
        'data.invalid',
        `Input '${name}' has the value ${tensor.data[i]}, which TF.js cannot hold.`,
      );
  return tf.tensor(values, shape, 'int32');
}

const INTEGERS: ReadonlySet<DType> = new Set([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'uint32',
  'int64',
  'uint64',
]);

/** Values of a TF.js tensor, as `dtype` where the model says more than TF.js can. */
export function fromTf(tensor: TfTensor, dtype: DType = tensor.dtype as DType): Tensor {
  const shape = [...tensor.shape];
  const values = tensor.dataSync() as Float32Array | Int32Array | Uint8Array;
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(values, (value) => BigInt(value)) };
  if (dtype === 'string' || dtype === 'uint64' || dtype === 'complex64')
    throw new AppError('runtime.failed', `An output has element type ${dtype}, which TF.js cannot give.`);
  return { dtype, shape, data: ARRAY_OF[dtype].from(values) as Tensor['data'] };
}
