import type { Op, TensorType, Value } from '../../graph/ir';
import type { LowerContext } from '../op';
import { FUSED, PADDING } from './fused';
import { floatConstant, lazyConstant } from './lazy-constant';
import { windowOutput } from './window';

/** Window attributes of a TensorFlow convolution or pool, per spatial axis, batch and channel axes taken off. */
export interface SpatialAttrs {
  readonly channelsFirst: boolean;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** PADDING.SAME or PADDING.VALID; explicit paddings come as VALID with `pads`. */
  readonly padding: number;
  readonly pads: readonly (readonly [number, number])[] | undefined;
}

/** Reads strides, dilations, padding and data_format of a node over `rank` spatial axes; refuses what steps over batch or channels. */
export function spatialAttrs(context: LowerContext, rank = 2): SpatialAttrs {
  const format = context.string('data_format', rank === 2 ? 'NHWC' : 'NDHWC');
  const channelsFirst = format.startsWith('NC');
  const first = channelsFirst ? 2 : 1;
  const pick = (list: readonly number[], what: string): number[] => {
    const others = list.filter((_, axis) => axis < first || axis >= first + rank);
    if (others.some((n) => n !== 1)) context.refuse(`${what} over the batch or channel axis`);
    const spatial = list.slice(first, first + rank);
    if (spatial.length !== rank || spatial.some((n) => n < 1))
      context.refuse(`its ${what} are [${list.join(', ')}], and must be ${rank + 2} numbers of at least 1`);
    return spatial;
  };
  const ones = Array.from({ length: rank + 2 }, () => 1);
  const padding = context.string('padding', 'VALID');
  const explicit = context.ints('explicit_paddings', []);
  return {
    channelsFirst,
    strides: pick(context.ints('strides', ones), 'strides'),
    dilations: pick(context.ints('dilations', ones), 'dilations'),
    padding: padding === 'SAME' ? PADDING.SAME : PADDING.VALID,
    pads:
      padding === 'EXPLICIT'
        ? Array.from({ length: rank }, (_, i) => [
            explicit[2 * (first + i)] ?? 0,
            explicit[2 * (first + i) + 1] ?? 0,
          ])
        : undefined,
  };
}

/** NCHW (NCDHW) to NHWC (NDHWC). */
export function channelsLast(context: LowerContext, x: Value): Value {
  const rank = x.shape.length;
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  return context.emit1('TRANSPOSE', {}, [x, context.ints32(perm)]);
}

/** NHWC (NDHWC) to NCHW (NCDHW). */
export function channelsFirst(context: LowerContext, x: Value): Value {
  const rank = x.shape.length;
  const perm = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
  return context.emit1('TRANSPOSE', {}, [x, context.ints32(perm)]);
}

/** Puts explicit paddings around the spatial axes of a channels-last tensor, with zeros or with `fill`. */
export function padded(context: LowerContext, x: Value, pads: SpatialAttrs['pads'], fill?: number): Value {
  if (!pads || pads.every(([before, after]) => before === 0 && after === 0)) return x;
  if (pads.flat().some((pad) => pad < 0)) context.refuse('its explicit paddings are negative');
  const paddings = context.ints32([0, 0, ...pads.flat(), 0, 0], [pads.length + 2, 2]);
  return fill === undefined
    ? context.emit1('PAD', {}, [x, paddings])
    : context.emit1('PADV2', {}, [x, paddings, context.scalar('float32', fill)]);
}

/** A bias of zeros: kernels and delegates are faster, and some only work, with one. */
export const zeroBias = (name: string, channels: number): Value =>
  floatConstant(`${name}/bias`, [channels], new Float32Array(channels));

/** Attributes of ADD and SUB without an activation. */
export const PLAIN_ADD = { fused_activation_function: FUSED.NONE, pot_scale_int16: true } as const;
export const PLAIN_MUL = { fused_activation_function: FUSED.NONE } as const;

/** A constant filter with zeros put between its taps, for kernels that know no dilation; [H, W, ...] in, the same out. */
export function dilatedFilter(filter: Value, dilations: readonly number[]): Value {
  const [height = 1, width = 1, ...rest] = filter.shape;
  const [dy = 1, dx = 1] = dilations;
  const shape = [(height - 1) * dy + 1, (width - 1) * dx + 1, ...rest];
  return lazyConstant(filter.name, { dtype: filter.dtype, shape }, () => {
    const from = filter.constant?.bytes() ?? new Uint8Array(0);
    const tap = from.byteLength / (height * width);
    const to = new Uint8Array(tap * (shape[0] as number) * (shape[1] as number));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * tap;
        to.set(from.subarray(at, at + tap), (y * dy * (shape[1] as number) + x * dx) * tap);
      }
    return to;
  });
}

/** Attributes that the two convolutions over images have in common. */
export interface WindowAttrs {
  readonly padding: number;
  readonly stride_w: number;
  readonly stride_h: number;
  readonly dilation_w_factor: number;
  readonly dilation_h_factor: number;
}

/** Type of a convolution of operand 0 [N,H,W,C] with windows that lie in dimensions 1 and 2 of operand 1. */
export const convolvedType = (op: Op<WindowAttrs>, outputs: number): TensorType => {
  const { dtype, shape } = op.input(0);
  const [n = -1, height = -1, width = -1] = shape;
  const [, kernelHeight = 1, kernelWidth = 1] = op.input(1).shape;
  const { padding, stride_h, stride_w, dilation_h_factor, dilation_w_factor } = op.attrs;
  const rows = { size: height, kernel: kernelHeight, stride: stride_h, dilation: dilation_h_factor };
  const columns = { size: width, kernel: kernelWidth, stride: stride_w, dilation: dilation_w_factor };
  return { dtype, shape: [n, windowOutput(rows, padding), windowOutput(columns, padding), outputs] };
};
