import type { LayerContext, LayerDefinition, LayerTable, WeightSpec } from '../layer';
import type { KerasLayer } from '../model';
import { pad } from '../nodes/layout';
import { biasAdd } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { activate } from './activation-functions';
import { floatInput, kernelAndBias } from './core';
import { transposedConvolution } from './transposed-convolution';
import { around, asTwoDimensional, channelsLast, outputSizes, widened, type Window } from './window';

/** Window settings of a convolution. */
export function convWindow(c: LayerContext, rank: number): Window {
  return {
    size: c.config.ints('kernel_size', rank),
    strides: c.config.ints('strides', rank, 1),
    dilations: c.config.ints('dilation_rate', rank, 1),
    same: c.config.string('padding', 'valid') === 'same',
  };
}

/** A causal convolution sees only the past: everything it needs is padded in front. */
function causal(c: LayerContext, x: Sym, window: Window): Sym {
  if (c.config.string('padding', 'valid') !== 'causal') return x;
  const reach = ((window.size[0] ?? 1) - 1) * (window.dilations[0] ?? 1);
  return pad(c.w, x, [
    [0, 0],
    [reach, 0],
    [0, 0],
  ]);
}

/** One convolution operator, channels last; `op` is TensorFlow's name. */
export function convolve(
  c: LayerContext,
  op: string,
  x: Sym,
  kernel: Sym,
  window: Window,
  filters: number,
): Sym {
  const shape = [x.shape[0] ?? -1, ...outputSizes(x, window), filters];
  return c.w.add(
    op,
    [x, kernel],
    { dtype: x.dtype, shape },
    {
      strides: attr.ints(around(window.strides)),
      dilations: attr.ints(around(window.dilations)),
      padding: attr.string(window.same ? 'SAME' : 'VALID'),
      data_format: attr.string(op === 'Conv3D' ? 'NDHWC' : 'NHWC'),
      explicit_paddings: attr.ints([]),
    },
  );
}

const biased = (c: LayerContext, x: Sym): Sym =>
  c.hasWeight('bias') ? biasAdd(c.w, x, c.weight('bias')) : x;
const finished = (c: LayerContext, x: Sym): Sym => activate(c, x, c.config.get('activation'));

/** Kernel as stored, with a height of 1 in front for one spatial dimension. */
function kernelOf(c: LayerContext, name: string, rank: number): Sym {
  const kernel = c.weight(name);
  if (kernel.shape.length !== rank + 2)
    return c.refuse(`its variable '${name}' has the shape [${kernel.shape.join(', ')}], which does not fit`);
  return rank === 1 ? c.weight(name, [1, ...kernel.shape]) : kernel;
}

function conv(rank: 1 | 2 | 3): LayerDefinition {
  const write = (c: LayerContext): Sym => {
    const window = convWindow(c, rank);
    const body = (x: Sym): Sym => {
      const kernel = kernelOf(c, 'kernel', rank);
      const filters = kernel.shape.at(-1) ?? -1;
      checkChannels(c, x, kernel);
      if (rank === 1)
        return asTwoDimensional(c, causal(c, x, window), (wide) =>
          biased(c, convolve(c, 'Conv2D', wide, kernel, widened(window), filters)),
        );
      return biased(c, convolve(c, rank === 2 ? 'Conv2D' : 'Conv3D', x, kernel, window, filters));
    };
    return finished(c, channelsLast(c, floatInput(c), body));
  };
  return { weights: kernelAndBias, write };
}

function checkChannels(c: LayerContext, x: Sym, kernel: Sym): void {
  const channels = x.shape.at(-1) ?? -1;
  const wanted = kernel.shape.at(-2) ?? 0;
  if (channels < 0 || channels % wanted !== 0)
    c.refuse(
      `its kernel takes ${wanted} channels, but the input has ${channels < 0 ? 'an unknown number' : channels}`,
    );
}

/** Keras 3 calls the variable 'kernel', Keras 2 'depthwise_kernel'; only the order counts. */
const depthwiseWeights = (layer: KerasLayer): readonly WeightSpec[] => kernelAndBias(layer);

function depthwise(rank: 1 | 2): LayerDefinition {
  const write = (c: LayerContext): Sym => {
    const window = convWindow(c, rank);
    const body = (x: Sym): Sym => {
      const run = (wide: Sym): Sym =>
        biased(c, depthwiseConvolve(c, wide, kernelOf(c, 'kernel', rank), window, rank));
      return rank === 1 ? asTwoDimensional(c, causal(c, x, window), run) : run(x);
    };
    return finished(c, channelsLast(c, floatInput(c), body));
  };
  return { weights: depthwiseWeights, write };
}

function depthwiseConvolve(c: LayerContext, x: Sym, kernel: Sym, window: Window, rank: number): Sym {
  const [, , channels = 0, multiplier = 1] = kernel.shape;
  if (channels !== x.shape.at(-1))
    c.refuse(`its kernel takes ${channels} channels, but the input has ${x.shape.at(-1)}`);
  return convolve(
    c,
    'DepthwiseConv2dNative',
    x,
    kernel,
    rank === 1 ? widened(window) : window,
    channels * multiplier,
  );
}

const separableWeights = (layer: KerasLayer): readonly WeightSpec[] => [
  { name: 'depthwise_kernel' },
  { name: 'pointwise_kernel' },
  ...(layer.config.bool('use_bias', true) ? [{ name: 'bias' }] : []),
];

function separable(rank: 1 | 2): LayerDefinition {
  const write = (c: LayerContext): Sym => {
    const window = convWindow(c, rank);
    const point: Window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], same: false };
    const body = (x: Sym): Sym => {
      const run = (wide: Sym): Sym => {
        const deep = depthwiseConvolve(c, wide, kernelOf(c, 'depthwise_kernel', rank), window, rank);
        const kernel = kernelOf(c, 'pointwise_kernel', rank);
        return biased(c, convolve(c, 'Conv2D', deep, kernel, point, kernel.shape.at(-1) ?? -1));
      };
      return rank === 1 ? asTwoDimensional(c, causal(c, x, window), run) : run(x);
    };
    return finished(c, channelsLast(c, floatInput(c), body));
  };
  return { weights: separableWeights, write };
}

const transposed = (rank: 1 | 2 | 3): LayerDefinition => ({
  weights: kernelAndBias,
  write: (c) =>
    finished(
      c,
      channelsLast(c, floatInput(c), (x) => {
        const kernel = kernelOf(c, 'kernel', rank);
        const window = convWindow(c, rank);
        const run = (data: Sym): Sym =>
          biased(c, transposedConvolution(c, data, kernel, rank === 1 ? widened(window) : window));
        return rank === 1 ? asTwoDimensional(c, x, run) : run(x);
      }),
    ),
});

/** Names with "Convolution" are those of Keras 1, which were kept as aliases. */
export const convolutionLayers: LayerTable = {
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  Convolution1D: conv(1),
  Convolution2D: conv(2),
  Convolution3D: conv(3),
  DepthwiseConv1D: depthwise(1),
  DepthwiseConv2D: depthwise(2),
  SeparableConv1D: separable(1),
  SeparableConv2D: separable(2),
  SeparableConvolution1D: separable(1),
  SeparableConvolution2D: separable(2),
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  Convolution2DTranspose: transposed(2),
};
