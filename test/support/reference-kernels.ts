import type { Tensor } from '@shared/model/tensor';
import type { Op } from '@main/services/convert/graph/ir';
import type { Conv2dAttrs } from '@main/services/convert/ops/conv-2d';
import type { DepthwiseConv2dAttrs } from '@main/services/convert/ops/depthwise-conv-2d';
import { PADDING } from '@main/services/convert/ops/kit/fused';
import type { PoolAttrs } from '@main/services/convert/ops/kit/pooling';
import { samePadding } from '@main/services/convert/ops/kit/window';
import type { TransposeConvAttrs } from '@main/services/convert/ops/transpose-conv';

type Kernel = (inputs: readonly (Tensor | undefined)[], op: Op) => Tensor;

/** Windows over [N,H,W,C]: calls `visit` with an output position, and each input position and tap that lies inside. */
function slide(
  x: Tensor,
  out: readonly number[],
  window: {
    kernel: readonly number[];
    stride: readonly number[];
    dilation: readonly number[];
    padding: number;
  },
  visit: (n: number, oy: number, ox: number, iy: number, ix: number, ky: number, kx: number) => void,
): void {
  const [count = 1, height = 1, width = 1] = x.shape;
  const [kh = 1, kw = 1] = window.kernel;
  const [sy = 1, sx = 1] = window.stride;
  const [dy = 1, dx = 1] = window.dilation;
  const same = window.padding === PADDING.SAME;
  const [top] = (same && samePadding({ size: height, kernel: kh, stride: sy, dilation: dy })) || [0];
  const [left] = (same && samePadding({ size: width, kernel: kw, stride: sx, dilation: dx })) || [0];
  for (let n = 0; n < count; n++)
    for (let oy = 0; oy < (out[1] ?? 1); oy++)
      for (let ox = 0; ox < (out[2] ?? 1); ox++)
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const [iy, ix] = [oy * sy + ky * dy - top, ox * sx + kx * dx - left];
            if (iy >= 0 && iy < height && ix >= 0 && ix < width) visit(n, oy, ox, iy, ix, ky, kx);
          }
}

const index = (
  [, h = 1, w = 1, c = 1]: readonly number[],
  n: number,
  y: number,
  x: number,
  k: number,
): number => ((n * h + y) * w + x) * c + k;

const zeros = (shape: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

const need = (tensor: Tensor | undefined): Tensor => {
  if (!tensor) throw new Error('an operand is missing');
  return tensor;
};

const addTo = (to: Tensor, at: number, amount: number): void => {
  to.data[at] = Number(to.data[at]) + amount;
};

function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  const channels = y.shape[y.shape.length - 1] ?? 1;
  if (bias) for (let i = 0; i < y.data.length; i++) addTo(y, i, Number(bias.data[i % channels]));
  return y;
}

const convolution =
  (depthwise: boolean): Kernel =>
  ([input, filter, bias], op) => {
    const [x, w] = [need(input), need(filter)];
    const attrs = op.attrs as Conv2dAttrs & DepthwiseConv2dAttrs;
    const y = zeros(op.output().shape);
    const [, kh = 1, kw = 1, depth = 1] = w.shape;
    const inputs = x.shape[3] ?? 1;
    const outputs = y.shape[3] ?? 1;
    const window = {
      kernel: [kh, kw],
      stride: [attrs.stride_h, attrs.stride_w],
      dilation: [attrs.dilation_h_factor, attrs.dilation_w_factor],
      padding: attrs.padding,
    };
    slide(x, y.shape, window, (n, oy, ox, iy, ix, ky, kx) => {
      for (let o = 0; o < outputs; o++) {
        const at = index(y.shape, n, oy, ox, o);
        if (depthwise) {
          const c = Math.floor(o / (outputs / inputs));
          addTo(
            y,
            at,
            Number(x.data[index(x.shape, n, iy, ix, c)]) * Number(w.data[index(w.shape, 0, ky, kx, o)]),
          );
          continue;
        }
        const first = Math.floor(o / (outputs / (inputs / depth))) * depth;
        for (let i = 0; i < depth; i++)
          addTo(
            y,
            at,
            Number(x.data[index(x.shape, n, iy, ix, first + i)]) *
              Number(w.data[index(w.shape, o, ky, kx, i)]),
          );
      }
    });
    return addBias(y, bias);
  };

const transposeConv: Kernel = ([, filter, input, bias], op) => {
  const [w, x] = [need(filter), need(input)];
  const { stride_h, stride_w, padding } = op.attrs as TransposeConvAttrs;
  const y = zeros(op.output().shape);
  const [outputs = 1, kh = 1, kw = 1, inputs = 1] = w.shape;
  // The gradient of the convolution from y to x.
  const window = { kernel: [kh, kw], stride: [stride_h, stride_w], dilation: [1, 1], padding };
  slide(y, x.shape, window, (n, oy, ox, iy, ix, ky, kx) => {
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        addTo(
          y,
          index(y.shape, n, iy, ix, o),
          Number(x.data[index(x.shape, n, oy, ox, i)]) * Number(w.data[index(w.shape, o, ky, kx, i)]),
        );
  });
  return addBias(y, bias);
};

const maxPool: Kernel = ([input], op) => {
  const x = need(input);
  const attrs = op.attrs as PoolAttrs;
  const y = zeros(op.output().shape);
  y.data.fill(-Infinity as never);
  const window = {
    kernel: [attrs.filter_height, attrs.filter_width],
    stride: [attrs.stride_h, attrs.stride_w],
    dilation: [1, 1],
    padding: attrs.padding,
  };
  slide(x, y.shape, window, (n, oy, ox, iy, ix) => {
    for (let c = 0; c < (y.shape[3] ?? 1); c++) {
      const at = index(y.shape, n, oy, ox, c);
      y.data[at] = Math.max(Number(y.data[at]), Number(x.data[index(x.shape, n, iy, ix, c)]));
    }
  });
  return y;
};

const batchMatmul: Kernel = ([a, b], op) => {
  const [x, w] = [need(a), need(b)];
  const { adj_y } = op.attrs as { adj_y: boolean };
  const y = zeros(op.output().shape);
  const [m = 1, n = 1] = y.shape.slice(-2);
  const k = x.shape[x.shape.length - 1] ?? 1;
  const single = w.data.length === k * n;
  for (let i = 0; i < y.data.length; i++) {
    const [batch, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    const base = single ? 0 : batch * k * n;
    for (let j = 0; j < k; j++)
      addTo(
        y,
        i,
        Number(x.data[(batch * m + row) * k + j]) *
          Number(w.data[base + (adj_y ? column * k + j : j * n + column)]),
      );
  }
  return y;
};

const prelu: Kernel = ([input, alpha]) => {
  const [x, a] = [need(input), need(alpha)];
  // Slopes per trailing axes, as all that tests have.
  return {
    ...x,
    data: Float32Array.from(Array.from(x.data, Number), (v, i) =>
      v > 0 ? v : v * Number(a.data[i % a.data.length]),
    ),
  };
};

/** SPACE_TO_BATCH_ND, or its inverse: which element of the spread tensor each element of the plain one is. */
function spreading(
  plain: readonly number[],
  spread: readonly number[],
  block: readonly number[],
  before: readonly number[],
): Int32Array {
  const rank = plain.length;
  const stride = (shape: readonly number[], axis: number): number =>
    shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return Int32Array.from({ length: stride(plain, -1) }, (_, flat) => {
    const at = plain.map((dim, axis) => Math.floor(flat / stride(plain, axis)) % dim);
    let batch = 0;
    let position = 0;
    for (let axis = 1; axis < rank; axis++) {
      const size = block[axis - 1] ?? 1;
      const shifted = (at[axis] ?? 0) + (before[axis - 1] ?? 0);
      if (axis <= block.length) batch = batch * size + (shifted % size);
      const index = axis <= block.length ? Math.floor(shifted / size) : (at[axis] ?? 0);
      if (index >= (spread[axis] ?? 1)) return -1;
      position += index * stride(spread, axis);
    }
    return (batch * (plain[0] ?? 1) + (at[0] ?? 0)) * stride(spread, 0) + position;
  });
}

const evens = (pairs: Tensor): number[] => Array.from(pairs.data, Number).filter((_, i) => i % 2 === 0);

const spaceToBatch: Kernel = ([input, block, paddings], op) => {
  const [x, y] = [need(input), zeros(op.output().shape)];
  const map = spreading(x.shape, y.shape, Array.from(need(block).data, Number), evens(need(paddings)));
  map.forEach((to, from) => addTo(y, to, Number(x.data[from])));
  return y;
};

const batchToSpace: Kernel = ([input, block, crops], op) => {
  const [x, y] = [need(input), zeros(op.output().shape)];
  const map = spreading(y.shape, x.shape, Array.from(need(block).data, Number), evens(need(crops)));
  map.forEach((from, to) => addTo(y, to, Number(x.data[from])));
  return y;
};

/** Plain loops for the operators that the converter itself never computes, float32 and static shapes only. */
export const REFERENCE_KERNELS: Readonly<Record<string, Kernel>> = {
  CONV_2D: convolution(false),
  DEPTHWISE_CONV_2D: convolution(true),
  TRANSPOSE_CONV: transposeConv,
  MAX_POOL_2D: maxPool,
  BATCH_MATMUL: batchMatmul,
  PRELU: prelu,
  SPACE_TO_BATCH_ND: spaceToBatch,
  BATCH_TO_SPACE_ND: batchToSpace,
};
