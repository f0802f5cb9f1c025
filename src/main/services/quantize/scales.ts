import type { Quantization } from '@shared/model/tensor';
import { clamp, roundHalfAway } from './rounding';

/** Smallest and largest value that a tensor took. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export type ActivationType = 'int8' | 'uint8' | 'int16';

/** A range narrower than this is widened: a scale below about 2.8e-9 makes RELU6 fail to prepare (6 / scale overflows int32). */
const MIN_WIDTH = 1e-6;

export const unionOf = (a: Range, b: Range): Range => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/** The range as it is quantized: it always holds 0, so that zero is exact (padding, ReLU). */
export const withZero = ({ min, max }: Range): Range => ({ min: Math.min(min, 0), max: Math.max(max, 0) });

/** Width of the part of the real line that the scale has to cover. */
export function widthOf(range: Range): number {
  const { min, max } = withZero(range);
  return max - min;
}

/** Scale and zero point of an activation: asymmetric for 8 bits, symmetric for 16 (TFLite's 16x8 kernels demand zero point 0). */
export function activationScale(range: Range, type: ActivationType): Quantization {
  let { min, max } = withZero(range);
  if (max - min < MIN_WIDTH) {
    min -= MIN_WIDTH / 2;
    max += MIN_WIDTH / 2;
  }
  if (type === 'int16') return perTensor(Math.fround(Math.max(-min, max) / 32_767), 0);
  const scale = Math.fround((max - min) / 255);
  const low = type === 'int8' ? -128 : 0;
  return perTensor(scale, clamp(roundHalfAway(low - min / scale), low, low + 255));
}

export const perTensor = (scale: number, zeroPoint: number): Quantization => ({
  scale: [scale],
  zeroPoint: [zeroPoint],
  axis: 0,
});

/** The values that codes of `type` can stand for. */
export function representable(quantization: Quantization, type: ActivationType): Range {
  const [scale = 1] = quantization.scale;
  const [zeroPoint = 0] = quantization.zeroPoint;
  const [low, high] = type === 'int8' ? [-128, 127] : type === 'uint8' ? [0, 255] : [-32_768, 32_767];
  return { min: (low - zeroPoint) * scale, max: (high - zeroPoint) * scale };
}

export const sameScale = (a: Quantization | undefined, b: Quantization | undefined): boolean =>
  a !== undefined && b !== undefined && a.scale[0] === b.scale[0] && a.zeroPoint[0] === b.zeroPoint[0];
