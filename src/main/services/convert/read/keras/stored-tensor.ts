import { AppError } from '@shared/error/app-error';
import { viewAs } from '@shared/model/dtype';
import type { SourceTensor } from '../../source';
import { fromHalf } from '../tfjs-weights';

/** A variable of a layer. Floats of other widths are widened or rounded to float32, which all layers compute in. */
export function checkedTensor(stored: SourceTensor, what: string): SourceTensor {
  const { dtype, shape, data } = stored;
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return { dtype, shape, data };
  const count = shape.reduce((a, b) => a * b, 1);
  const floats = (convert: (bytes: Uint8Array) => Float32Array): SourceTensor => ({
    dtype: 'float32',
    shape,
    data: { byteLength: 4 * count, bytes: () => new Uint8Array(convert(data.bytes()).buffer) },
  });
  if (dtype === 'float16') return floats((bytes) => fromHalf(viewAs('float16', bytes)));
  if (dtype === 'float64') return floats((bytes) => Float32Array.from(viewAs('float64', bytes)));
  if (dtype === 'int64' || dtype === 'uint64')
    return floats((bytes) => Float32Array.from(viewAs('int64', bytes), Number));
  throw new AppError(
    'model.unsupported',
    `The variable '${what}' has the type ${dtype}, which is not supported.`,
  );
}
