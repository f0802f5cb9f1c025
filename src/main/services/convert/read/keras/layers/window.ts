import type { LayerContext } from '../layer';
import { expandDims, squeeze, toChannelsFirst, toChannelsLast } from '../nodes/layout';
import { windowed } from '../nodes/shapes';
import type { Sym } from '../nodes/writer';

/** Settings that convolutions and poolings share, one number per spatial dimension. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly same: boolean;
}

/** Puts 1 in front of and behind the spatial numbers: TensorFlow counts batch and channels, too. */
export const around = (spatial: readonly number[]): number[] => [1, ...spatial, 1];

/** Spatial sizes of the output. */
export const outputSizes = (x: Sym, { size, strides, dilations, same }: Window): number[] =>
  size.map((window, i) => windowed(x.shape[i + 1] ?? -1, window, strides[i] ?? 1, dilations[i] ?? 1, same));

/** Runs `write` on data with the channels last, whatever order the layer has. */
export function channelsLast(c: LayerContext, x: Sym, write: (x: Sym) => Sym): Sym {
  if (!c.config.channelsFirst || x.shape.length < 3) return write(x);
  return toChannelsFirst(c.w, write(toChannelsLast(c.w, x)));
}

/** Runs `write`, which works on two spatial dimensions, on data with one: height 1 is put in front. */
export function asTwoDimensional(c: LayerContext, x: Sym, write: (x: Sym) => Sym): Sym {
  return squeeze(c.w, write(expandDims(c.w, x, 1)), [1]);
}

/** A window of one spatial dimension as one of two. */
export const widened = (window: Window): Window => ({
  ...window,
  size: [1, ...window.size],
  strides: [1, ...window.strides],
  dilations: [1, ...window.dilations],
});
