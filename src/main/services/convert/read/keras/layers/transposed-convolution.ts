import type { LayerContext } from '../layer';
import { elementOf } from '../nodes/layout';
import { add, mul } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { around, type Window } from './window';

/** An output size as a linear function of the input's: factor * n + rest. */
interface Growth {
  readonly factor: number;
  readonly rest: number;
}

/** Keras's own rule (keras/src/backend/common/backend_utils.py, compute_conv_transpose_output_shape). */
function growth(window: number, stride: number, same: boolean, extra: number | undefined): Growth {
  if (extra === undefined) return { factor: stride, rest: same ? 0 : Math.max(window - stride, 0) };
  const padding = same ? Math.floor(window / 2) : 0;
  return { factor: stride, rest: window - stride - 2 * padding + extra };
}

/** A transposed convolution of two or three spatial dimensions; the kernel is [..., out, in]. */
export function transposedConvolution(c: LayerContext, x: Sym, kernel: Sym, window: Window): Sym {
  const { w } = c;
  const spatial = window.size.length;
  if (window.dilations.some((dilation) => dilation !== 1))
    return c.refuse('a transposed convolution with dilation is not supported');
  const given = c.config.get('output_padding');
  const extra =
    given === undefined
      ? undefined
      : c.config.ints('output_padding', c.config.get('output_padding') === undefined ? 0 : spatialOf(c));
  const filters = kernel.shape.at(-2) ?? -1;
  const growths = window.size.map((size, i) =>
    growth(
      size,
      window.strides[i] ?? 1,
      window.same,
      extra?.[i - (spatial - extra.length)] ?? (extra ? 0 : undefined),
    ),
  );
  const sizes = growths.map(({ factor, rest }, i) => {
    const size = x.shape[i + 1] ?? -1;
    return size < 0 ? -1 : factor * size + rest;
  });
  const shape = [x.shape[0] ?? -1, ...sizes, filters];
  const op = spatial === 2 ? 'Conv2DBackpropInput' : 'Conv3DBackpropInputV2';
  return w.add(
    op,
    [targetShape(c, x, shape, growths), kernel, x],
    { dtype: x.dtype, shape },
    {
      T: attr.dtype(x.dtype),
      strides: attr.ints(around(window.strides)),
      dilations: attr.ints(around(window.dilations)),
      padding: attr.string(window.same ? 'SAME' : 'VALID'),
      data_format: attr.string(spatial === 2 ? 'NHWC' : 'NDHWC'),
      explicit_paddings: attr.ints([]),
    },
  );
}

const spatialOf = (c: LayerContext): number => {
  const size = c.config.get('kernel_size');
  return Array.isArray(size) ? size.length : 1;
};

/** The output's shape as a tensor: constant as far as it is known, otherwise worked out from the input's. */
function targetShape(c: LayerContext, x: Sym, shape: readonly number[], growths: readonly Growth[]): Sym {
  const { w } = c;
  if (shape.every((size) => size >= 0)) return w.ints(shape);
  const all = w.add(
    'Shape',
    [x],
    { dtype: 'int32', shape: [x.shape.length] },
    { out_type: attr.dtype('int32') },
  );
  const element = (axis: number): Sym => elementOf(w, all, axis);
  const parts = shape.map((size, axis) => {
    if (size >= 0) return w.int(size);
    const { factor, rest } = growths[axis - 1] ?? { factor: 1, rest: 0 };
    const scaled = factor === 1 ? element(axis) : mul(w, element(axis), w.int(factor));
    return rest === 0 ? scaled : add(w, scaled, w.int(rest));
  });
  return w.add(
    'Pack',
    parts,
    { dtype: 'int32', shape: [parts.length] },
    { axis: attr.int(0), N: attr.int(parts.length) },
  );
}
