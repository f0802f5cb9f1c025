import type { LayerTable } from '../layer';
import { add, mul } from '../nodes/math';
import { floatInput } from './core';

/** Layers that Keras defines for its own model collection (keras.applications) only. */
export const applicationLayers: LayerTable = {
  // InceptionResNet: input 0 plus a fixed multiple of input 1.
  CustomScaleLayer: {
    write: (c) => add(c.w, c.input(0), mul(c.w, c.input(1), c.w.float(c.config.number('scale')))),
  },
  // ConvNeXt: a learned factor per channel.
  LayerScale: {
    weights: () => [{ name: 'gamma' }],
    write: (c) => mul(c.w, floatInput(c), c.weight('gamma')),
  },
};
