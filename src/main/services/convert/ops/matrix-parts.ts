import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { sizeAt } from './kit/dynamic-shape';
import { calculator } from './kit/math';
import { emitReshape } from './kit/reshape';
import type { LowerContext, Lowering, Lowerings } from './op';

/** Rows and columns of the matrices in the last two dimensions, which must be known. */
const matrixOf = (context: LowerContext): readonly [number, number] => {
  const [rows = -1, columns = -1] = context.input(0).shape.slice(-2);
  if (rows === -1 || columns === -1)
    context.refuse('the size of its matrices is known only at run time; fix it with --shape');
  return [rows, columns];
};

/** Zeros outside of a band around the diagonal, chosen by a mask: a constant where the matrices' size is known. */
const bandPart: Lowering = (context) => {
  const x = context.input(0);
  const [[lower = -1], [upper = -1]] = [context.constantInts(1), context.constantInts(2)];
  if (lower < 0 && upper < 0) return x;
  const inside = x.shape.slice(-2).includes(-1)
    ? computedBand(context, x, lower, upper)
    : constantBand(context, lower, upper);
  return context.emit1('SELECT_V2', {}, [inside, x, context.scalar(x.dtype, 0)]);
};

function constantBand(context: LowerContext, lower: number, upper: number): Value {
  const [rows, columns] = matrixOf(context);
  const mask = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Number((lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper));
  });
  return context.tensor({ dtype: 'bool', shape: [rows, columns], data: mask });
}

/** Row numbers less column numbers lie between -upper and lower. */
function computedBand(context: LowerContext, x: Value, lower: number, upper: number): Value {
  const number = (value: number): Value => context.scalar('int32', value);
  const count = (axis: number): Value =>
    context.emit1('RANGE', {}, [number(0), sizeAt(context, x, axis), number(1)]);
  const rows = context.emit1('EXPAND_DIMS', {}, [count(x.shape.length - 2), number(1)]);
  const { sub } = calculator(context);
  const distance = sub(rows, count(x.shape.length - 1));
  const limits = [
    ...(lower < 0 ? [] : [context.emit1('LESS_EQUAL', {}, [distance, number(lower)])]),
    ...(upper < 0 ? [] : [context.emit1('GREATER_EQUAL', {}, [distance, number(-upper)])]),
  ];
  return limits.reduce((a, b) => context.emit1('LOGICAL_AND', {}, [a, b]));
}

/** Every (columns + 1)th element of the matrix written as one row. */
const diagPart: Lowering = (context) => {
  const diagonals = context.inputCount > 1 ? constantNumbers(context.input(1)) : [0];
  if (!diagonals?.every((k) => k === 0)) context.refuse('it reads other diagonals than the main one');
  const x = context.input(0);
  const [rows, columns] = matrixOf(context);
  const size = Math.min(rows, columns);
  const before = x.shape.slice(0, -2);
  const flat = emitReshape(context, x, [...before, rows * columns]);
  const rank = before.length + 1;
  const others = (1 << before.length) - 1;
  const along = (last: number, fill: number) =>
    context.ints32([...before.map(() => fill), last].slice(-rank));
  return context.emit1(
    'STRIDED_SLICE',
    {
      begin_mask: others,
      end_mask: others,
      ellipsis_mask: 0,
      new_axis_mask: 0,
      shrink_axis_mask: 0,
      offset: false,
    },
    [flat, along(0, 0), along((size - 1) * (columns + 1) + 1, 0), along(columns + 1, 1)],
  );
};

/** Bands and diagonals of matrices, by masks and strided slices. */
export const lowerings: Lowerings = {
  MatrixBandPart: bandPart,
  BatchMatrixBandPart: bandPart,
  MatrixDiagPart: diagPart,
  MatrixDiagPartV2: diagPart,
  MatrixDiagPartV3: diagPart,
};
