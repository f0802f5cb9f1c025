import type { ShapeElement } from '../../graph/ir';

/** TensorFlow's five bit masks over the entries of begin, end and strides. */
export interface SliceMasks {
  readonly begin_mask: number;
  readonly end_mask: number;
  readonly ellipsis_mask: number;
  readonly new_axis_mask: number;
  readonly shrink_axis_mask: number;
}

/** What is taken of one dimension of the input; begin and end are as given where the dimension is not known. */
export interface AxisSlice {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
  /** Number of elements taken, -1 when not known. */
  readonly size: number;
  /** All of the dimension, in order. */
  readonly full: boolean;
  /** One element, whose dimension disappears. */
  readonly shrink: boolean;
  /** Start at, and go on to, the end of the dimension in the stride's direction. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
  /** False when a bound is computed at run time. */
  readonly known: boolean;
}

/** A slicing read out: one entry per dimension of the input, and where new dimensions of 1 come in between. */
export interface Slicing {
  readonly axes: readonly AxisSlice[];
  /** Indices into the output's shape, ascending. */
  readonly newAxes: readonly number[];
  readonly shape: readonly number[];
}

const FULL_END = 2 ** 31 - 1;

/** Reads TensorFlow's strided slice of a tensor of shape `shape`. Throws when it does not fit. */
export const readSlicing = (
  shape: readonly number[],
  begin: readonly ShapeElement[],
  end: readonly ShapeElement[],
  strides: readonly ShapeElement[],
  masks: SliceMasks,
): Slicing => {
  const bit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;
  const axes: AxisSlice[] = [];
  const newAxes: number[] = [];
  const out: number[] = [];
  const take = (slice: AxisSlice): void => {
    axes.push(slice);
    if (!slice.shrink) out.push(slice.size);
  };
  const rest = (count: number): void => {
    for (let i = 0; i < count; i++) take(wholeAxis(shape[axes.length] ?? -1));
  };
  for (let i = 0; i < begin.length; i++) {
    if (bit(masks.ellipsis_mask, i)) {
      let later = 0;
      for (let j = i + 1; j < begin.length; j++) if (!bit(masks.new_axis_mask, j)) later++;
      rest(Math.max(0, shape.length - axes.length - later));
    } else if (bit(masks.new_axis_mask, i)) {
      newAxes.push(out.length);
      out.push(1);
    } else {
      const dim = shape[axes.length];
      if (dim === undefined) throw new Error(`it slices more than the ${shape.length} dimensions there are`);
      take(
        sliceAxis(dim, begin[i] ?? 0, end[i] ?? 0, strides[i] ?? 1, {
          fromStart: bit(masks.begin_mask, i),
          toEnd: bit(masks.end_mask, i),
          shrink: bit(masks.shrink_axis_mask, i),
        }),
      );
    }
  }
  rest(shape.length - axes.length);
  return { axes, newAxes, shape: out };
};

const wholeAxis = (dim: number): AxisSlice => ({
  begin: 0,
  end: 0,
  stride: 1,
  size: dim,
  full: true,
  shrink: false,
  fromStart: true,
  toEnd: true,
  known: true,
});

const sliceAxis = (
  dim: number,
  begin: ShapeElement,
  end: ShapeElement,
  stride: ShapeElement,
  flags: { readonly fromStart: boolean; readonly toEnd: boolean; readonly shrink: boolean },
): AxisSlice => {
  const { shrink } = flags;
  const known =
    typeof stride === 'number' &&
    (typeof begin === 'number' || (flags.fromStart && !shrink)) &&
    (typeof end === 'number' || flags.toEnd || shrink);
  const step = typeof stride === 'number' ? stride : 1;
  const from = typeof begin === 'number' ? begin : 0;
  const to = typeof end === 'number' ? end : 0;
  if (step === 0) throw new Error('a stride is 0');
  if (shrink) {
    const index = dim >= 0 && from < 0 ? from + dim : from;
    if (known && dim >= 0 && (index < 0 || index >= dim))
      throw new Error(`index ${from} is outside of a dimension of ${dim}`);
    return {
      begin: index,
      end: index + 1,
      stride: 1,
      size: 1,
      full: false,
      shrink,
      fromStart: false,
      toEnd: false,
      known,
    };
  }
  const fromStart = flags.fromStart || (known && step > 0 && from === 0);
  const toEnd = flags.toEnd || (known && step > 0 && to >= (dim >= 0 ? dim : FULL_END));
  if (fromStart && toEnd && step === 1 && typeof stride === 'number') return wholeAxis(dim);
  const axis = { begin: from, end: to, stride: step, size: -1, full: false, shrink, fromStart, toEnd, known };
  if (!known || dim < 0) return axis;
  const low = step > 0 ? 0 : -1;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dim : at, low), dim + low);
  const first = fromStart ? (step > 0 ? 0 : dim - 1) : clamp(from);
  const last = toEnd ? (step > 0 ? dim : -1) : clamp(to);
  const size = Math.max(0, Math.ceil((last - first) / step));
  return { ...axis, begin: first, end: last, size, toEnd: toEnd || last === -1 };
};
