/** Rounds half away from zero, as TensorFlow's quantizer does (JavaScript's Math.round takes -2.5 to -2). */
export const roundHalfAway = (x: number): number => (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5));

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

const scratch = new DataView(new ArrayBuffer(4));
const MAX_FLOAT16 = 65_504;

/** Bits of the float16 nearest to `x` (ties to even), values beyond its range clamped to ±65504. */
export function float16Bits(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  scratch.setFloat32(0, clamp(x, -MAX_FLOAT16, MAX_FLOAT16));
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent <= 0) {
    // Subnormal in float16: the hidden bit becomes explicit and moves right.
    if (exponent < -10) return sign;
    const full = mantissa | 0x800000;
    const shift = 14 - exponent;
    const half = full >>> shift;
    const rest = full & ((1 << shift) - 1);
    const middle = 1 << (shift - 1);
    return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
  }
  const half = (exponent << 10) | (mantissa >>> 13);
  const rest = mantissa & 0x1fff;
  // A carry out of the mantissa raises the exponent, which is what rounding up means there.
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && (half & 1) === 1) ? 1 : 0));
}
