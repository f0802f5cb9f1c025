import type { Op, Value } from '../graph/ir';
import type { Conv2dAttrs } from '../ops/conv-2d';
import { PADDING } from '../ops/kit/fused';
import type { PoolAttrs } from '../ops/kit/pooling';
import { samePadding, type Window } from '../ops/kit/window';
import { constantInts, scalarOf } from './kit/match';
import { removeUnused } from './kit/rewrite';
import { peephole } from './pass';

/**
 * A window operator over an input that was padded by just as much as SAME padding would have put around it takes the
 * input before the padding, with SAME padding of its own.
 */
export const padIntoWindow = peephole(
  'pad into window',
  ['CONV_2D', 'DEPTHWISE_CONV_2D', 'MAX_POOL_2D'],
  (op, graph) => {
    const attrs = op.attrs as Conv2dAttrs | PoolAttrs;
    const pad = op.input(0).producer;
    if (attrs.padding !== PADDING.VALID || !pad || !padsWith(pad, op.type === 'MAX_POOL_2D' ? -Infinity : 0))
      return;
    const padded = op.input(0);
    const x = pad.input(0);
    if (!isSame(constantInts(pad.inputs[1]), x, windowsOf(op))) return;
    op.attrs = { ...attrs, padding: PADDING.SAME };
    op.setInput(0, x);
    removeUnused(graph, padded);
  },
);

/** True for a padding with a number that the window operator would put there, too (any low one, before a maximum). */
function padsWith(pad: Op, fill: number): boolean {
  if (pad.type === 'PAD') return fill === 0;
  if (pad.type !== 'PADV2') return false;
  const value = scalarOf(pad.inputs[2]);
  return fill === 0 ? value === 0 : value !== undefined && value <= -3.4e38;
}

/** Kernel, stride and dilation along height and width. */
function windowsOf(op: Op): readonly Omit<Window, 'size'>[] {
  if (op.type === 'MAX_POOL_2D') {
    const { filter_height, filter_width, stride_h, stride_w } = op.attrs as PoolAttrs;
    return [
      { kernel: filter_height, stride: stride_h },
      { kernel: filter_width, stride: stride_w },
    ];
  }
  const attrs = op.attrs as Conv2dAttrs;
  const [, height = 1, width = 1] = op.input(1).shape;
  return [
    { kernel: height, stride: attrs.stride_h, dilation: attrs.dilation_h_factor },
    { kernel: width, stride: attrs.stride_w, dilation: attrs.dilation_w_factor },
  ];
}

/** True when `paddings` [4, 2] leave batch and channels alone and are what SAME padding puts around height and width. */
export function isSame(
  paddings: readonly number[] | undefined,
  x: Value,
  windows: readonly Omit<Window, 'size'>[],
): boolean {
  if (paddings?.length !== 8) return false;
  const expected = windows.flatMap(
    (window, i) => samePadding({ ...window, size: x.shape[i + 1] ?? -1 }) ?? [-1, -1],
  );
  return [0, 0, ...expected, 0, 0].every((value, i) => value === paddings[i]);
}
