import type { Op, ShapeElement, Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { emitExpandDims } from './expand-dims';
import { elementsOf, known } from './kit/constants';
import { walkElements } from './kit/move';
import { asInt32, emitReshape } from './kit/reshape';
import { stridesOf } from './kit/shapes';
import { readSlicing, type SliceMasks, type Slicing } from './kit/slicing';
import { versions } from './kit/versions';

const version = versions('1.6.0', '1.14.0', '2.1.0', '2.2.0', '2.5.0', '2.6.0', '2.14.0', '2.14.0');

interface StridedSliceAttrs extends SliceMasks {
  offset: boolean;
}

const NO_MASKS: StridedSliceAttrs = {
  begin_mask: 0,
  end_mask: 0,
  ellipsis_mask: 0,
  new_axis_mask: 0,
  shrink_axis_mask: 0,
  offset: false,
};

const slicingOf = (input: Value, bounds: readonly Value[], masks: SliceMasks): Slicing => {
  const [begin, end, strides] = bounds.map((value) => elementsOf(value));
  if (!begin || !end || !strides) throw new Error('the number of its bounds is not known');
  return readSlicing(input.shape, begin, end, strides, masks);
};

const opSlicing = (op: Op<StridedSliceAttrs>): Slicing =>
  slicingOf(op.input(0), [op.input(1), op.input(2), op.input(3)], op.attrs);

const lower = (context: LowerContext): Value => {
  const input = context.input(0);
  const bounds = [context.input(1), context.input(2), context.input(3)];
  const masks = {
    begin_mask: context.int('begin_mask', 0),
    end_mask: context.int('end_mask', 0),
    ellipsis_mask: context.int('ellipsis_mask', 0),
    new_axis_mask: context.int('new_axis_mask', 0),
    shrink_axis_mask: context.int('shrink_axis_mask', 0),
  };
  const slicing = slicingOf(input, bounds, masks);
  if (slicing.axes.every((axis) => axis.known)) return emitSlicing(context, input, slicing);
  return context.emit1('STRIDED_SLICE', { ...masks, offset: false }, [
    input,
    ...bounds.map((value) => asInt32(context, value)),
  ]);
};

/** A slicing with constant bounds: one entry per dimension, new dimensions by a reshape, nothing where all is taken. */
const emitSlicing = (context: LowerContext, input: Value, { axes, newAxes, shape }: Slicing): Value => {
  const onlyReshapes = axes.every((axis, i) => axis.full || (axis.shrink && input.shape[i] === 1));
  const open = shape.filter((dim) => dim === -1).length;
  if (onlyReshapes && open <= 1) return emitReshape(context, input, shape);
  const mask = (holds: (i: number) => boolean): number =>
    axes.reduce((bits, _, i) => (holds(i) ? bits | (1 << i) : bits), 0);
  const attrs: StridedSliceAttrs = {
    ...NO_MASKS,
    begin_mask: mask((i) => axes[i]?.fromStart === true),
    end_mask: mask((i) => axes[i]?.toEnd === true),
    shrink_axis_mask: mask((i) => axes[i]?.shrink === true),
  };
  let value = axes.every((axis) => axis.full)
    ? input
    : context.emit1('STRIDED_SLICE', attrs, [
        input,
        context.ints32(axes.map((axis) => (axis.fromStart ? 0 : axis.begin))),
        context.ints32(axes.map((axis) => (axis.toEnd ? 0 : axis.end))),
        context.ints32(axes.map((axis) => axis.stride)),
      ]);
  if (newAxes.length > 0 && open <= 1) return emitReshape(context, value, shape);
  for (const axis of newAxes) value = emitExpandDims(context, value, axis);
  return value;
};

/** Slices with strides. Lowered without ellipsis and new axes, which few delegates know, unless bounds are computed. */
export const op = defineOp<StridedSliceAttrs>({
  type: 'STRIDED_SLICE',
  code: 45,
  options: {
    union: 32,
    fields: [
      ['begin_mask', 'int32', 0],
      ['end_mask', 'int32', 0],
      ['ellipsis_mask', 'int32', 0],
      ['new_axis_mask', 'int32', 0],
      ['shrink_axis_mask', 'int32', 0],
      ['offset', 'bool', false],
    ],
  },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (op.attrs.offset) return version(8);
    if (dtype === 'uint32') return version(7);
    if (op.attrs.ellipsis_mask !== 0 || op.attrs.new_axis_mask !== 0) return version(6);
    if (dtype === 'string') return version(5);
    if (shape.length > 4) return version(4);
    if (dtype === 'bool') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(0).dtype, shape: opSlicing(op).shape }],
  fold([input], op) {
    if (!input) return undefined;
    const { axes } = opSlicing(op);
    const steps = stridesOf(input.shape);
    const data = walkElements(input, {
      shape: axes.map((axis) => axis.size),
      strides: axes.map((axis, i) => axis.stride * (steps[i] ?? 0)),
      offset: axes.reduce((sum, axis, i) => sum + axis.begin * (steps[i] ?? 0), 0),
    });
    return data && [data];
  },
  shapeElements(op): readonly ShapeElement[] | undefined {
    const elements = elementsOf(op.input(0));
    const [axis, ...others] = opSlicing(op).axes;
    if (!elements || !axis?.known || axis.size < 0 || others.length > 0) return undefined;
    const { begin, stride, size } = axis;
    return known(Array.from({ length: size }, (_, i) => elements[begin + i * stride] ?? 'unknown'));
  },
  lower: { StridedSlice: lower },
});
