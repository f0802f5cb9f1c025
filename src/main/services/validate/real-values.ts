import { AppError } from '@shared/error/app-error';
import { ARRAY_OF, type TypedArray } from '@shared/model/dtype';
import type { Quantization, Tensor } from '@shared/model/tensor';

const INTEGER_LIMITS = { int8: [-128, 127], uint8: [0, 255], int16: [-32_768, 32_767] } as const;
type QuantizedType = keyof typeof INTEGER_LIMITS;

const isQuantized = (dtype: string): dtype is QuantizedType => dtype in INTEGER_LIMITS;

/** A tensor as real numbers: integers with a scale are dequantized, others taken as they are. */
export function realValues(tensor: Tensor, quantization: Quantization | undefined): Float64Array {
  const scale = quantization?.scale[0];
  const zeroPoint = quantization?.zeroPoint[0] ?? 0;
  if (tensor.dtype === 'float16') return Float64Array.from(tensor.data as Uint16Array, float16Value);
  const values = Float64Array.from(tensor.data as Float32Array, Number);
  return scale === undefined || !isQuantized(tensor.dtype)
    ? values
    : values.map((q) => (q - zeroPoint) * scale);
}

/** Real values encoded for an input: rounded half away from zero and clamped when the input is quantized. AppError `validate.failed`. */
export function encodeFor(
  tensor: Tensor,
  dtype: Tensor['dtype'],
  quantization: Quantization | undefined,
): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const scale = quantization?.scale[0];
  if (scale === undefined || !isQuantized(dtype))
    throw new AppError(
      'validate.failed',
      `The variant takes ${dtype} where the original takes ${tensor.dtype}, and has no quantization that says how.`,
    );
  const zeroPoint = quantization?.zeroPoint[0] ?? 0;
  const [low, high] = INTEGER_LIMITS[dtype];
  const data: TypedArray = new ARRAY_OF[dtype](tensor.data.length);
  for (let i = 0; i < data.length; i++) {
    const x = Number(tensor.data[i]) / scale;
    const rounded = (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5)) + zeroPoint;
    data[i] = Math.min(high, Math.max(low, rounded));
  }
  return { dtype, shape: tensor.shape, data };
}

function float16Value(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
