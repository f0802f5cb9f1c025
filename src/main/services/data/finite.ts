import { AppError } from '@shared/error/app-error';
import { elementCount, type Tensor } from '@shared/model/tensor';

export const invalidData = (path: string, why: string): AppError =>
  new AppError('data.invalid', `${path} does not fit the model: ${why}.`);

/** NaN or infinity in data makes every later figure meaningless: it stops here, with the sample's number. */
export function assertFinite(path: string, name: string, firstSample: number, tensor: Tensor): void {
  if (tensor.dtype !== 'float32') return;
  const data = tensor.data as Float32Array;
  // x - x is 0 for a finite number and NaN for any other, and NaN stays in a sum.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) - (data[i] as number);
  if (sum === 0) return;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const perSample = elementCount(tensor.shape.slice(1));
  throw invalidData(
    path,
    `array '${name}' holds ${data[bad]} in sample ${firstSample + Math.floor(bad / perSample)}`,
  );
}
