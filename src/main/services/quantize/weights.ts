import { elementCount, type Quantization } from '@shared/model/tensor';
import { clamp, roundHalfAway } from './rounding';

const MAX_CODE = 127;
const MAX_INT32 = 2 ** 31 - 1;
/** Weights that are smaller still (denormals) are as good as zero; kernels refuse scales far below. */
const LEAST_SCALE = Math.fround(1.0001e-9);

/** Weights in 8 bits: codes in [-127, 127], zero point 0, one scale per slice along `axis` or one in all. */
export interface QuantizedWeights {
  readonly codes: Int8Array;
  readonly quantization: Quantization;
}

/** How a flat index falls onto the slices of an axis: slice = floor(i / inner) % size. */
function slicing(
  shape: readonly number[],
  axis: number | undefined,
): { readonly size: number; readonly inner: number } {
  if (axis === undefined) return { size: 1, inner: Math.max(1, elementCount(shape)) };
  return { size: shape[axis] ?? 1, inner: elementCount(shape.slice(axis + 1)) };
}

/** Largest magnitude per slice along `axis` (of the whole tensor without one). */
function magnitudes(values: Float32Array, shape: readonly number[], axis: number | undefined): Float32Array {
  const { size, inner } = slicing(shape, axis);
  const result = new Float32Array(size);
  let slice = 0;
  for (let start = 0; start < values.length; start += inner) {
    let most = result[slice] ?? 0;
    const end = Math.min(start + inner, values.length);
    for (let i = start; i < end; i++) {
      const value = values[i] as number;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > most && magnitude < Infinity) most = magnitude;
    }
    result[slice] = most;
    slice = slice + 1 === size ? 0 : slice + 1;
  }
  return result;
}

/**
 * Quantizes weights symmetrically. A slice of zeros gets scale 1, since some delegates divide by it. `minScales` raises
 * scales that would make a bias overflow (see biasFloor). Infinities become the greatest code, NaN 0.
 */
export function quantizeWeights(
  values: Float32Array,
  shape: readonly number[],
  axis: number | undefined,
  minScales?: readonly number[],
): QuantizedWeights {
  const scale = Array.from(magnitudes(values, shape, axis), (magnitude, i) => {
    const own = magnitude === 0 ? 1 : Math.fround(magnitude / MAX_CODE);
    return Math.max(own, Math.fround(minScales?.[i] ?? 0), LEAST_SCALE);
  });
  const { size, inner } = slicing(shape, axis);
  const codes = new Int8Array(values.length);
  let slice = 0;
  for (let start = 0; start < values.length; start += inner) {
    const inverse = 1 / (scale[slice] ?? 1);
    const end = Math.min(start + inner, values.length);
    for (let i = start; i < end; i++) {
      // Half away from zero, without a branch that the sign decides: twice as fast.
      const q = (values[i] as number) * inverse;
      const magnitude = Math.abs(q);
      const code = ((magnitude > MAX_CODE ? MAX_CODE : magnitude) + 0.5) | 0;
      const sign = -Number(q < 0) | 0;
      codes[i] = (code ^ sign) - sign;
    }
    slice = slice + 1 === size ? 0 : slice + 1;
  }
  return { codes, quantization: { scale, zeroPoint: scale.map(() => 0), axis: axis ?? 0 } };
}

/** Smallest weight scale per slice at which the bias still fits into half of int32. */
export const biasFloor = (bias: Float32Array, inputScale: number): number[] =>
  Array.from(bias, (b) => (Number.isFinite(b) ? (Math.abs(b) * 2) / (MAX_INT32 * inputScale) : 0));

export interface QuantizedBias {
  readonly codes: Int32Array | BigInt64Array;
  readonly quantization: Quantization;
}

/** Bias at scale input x weight, per channel exactly when the weights are; 64 bits wide for 16-bit activations. */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weights: Quantization,
  wide: boolean,
): QuantizedBias {
  const scale = weights.scale.map((weightScale) => Math.fround(inputScale * weightScale));
  const code = (b: number, i: number): number =>
    Number.isNaN(b)
      ? 0
      : clamp(roundHalfAway(b / ((scale.length === 1 ? scale[0] : scale[i]) ?? 1)), -limit, limit);
  const limit = wide ? Number.MAX_SAFE_INTEGER : MAX_INT32;
  const codes = wide ? BigInt64Array.from(bias, (b, i) => BigInt(code(b, i))) : Int32Array.from(bias, code);
  return { codes, quantization: { scale, zeroPoint: scale.map(() => 0), axis: 0 } };
}

/** A constant operand encoded like an activation, with one scale and zero point. */
export function encodeActivation(
  values: Float32Array,
  quantization: Quantization,
  type: 'int8' | 'uint8' | 'int16',
): Int8Array | Uint8Array | Int16Array {
  const [scale = 1] = quantization.scale;
  const [zeroPoint = 0] = quantization.zeroPoint;
  const [low, high] = type === 'int8' ? [-128, 127] : type === 'uint8' ? [0, 255] : [-32_768, 32_767];
  const Class = type === 'int8' ? Int8Array : type === 'uint8' ? Uint8Array : Int16Array;
  const codes = new Class(values.length);
  for (let i = 0; i < values.length; i++)
    codes[i] = clamp(roundHalfAway((values[i] || 0) / scale) + zeroPoint, low, high);
  return codes;
}
