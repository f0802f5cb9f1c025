import { constantNumbers } from '../../graph/constant';
import type { Attrs, Value } from '../../graph/ir';
import type { LowerContext, OpDefinition } from '../op';
import { binaryOp, broadcastsBeyond4, sameOrUnknown } from './binary';
import type { BinaryArithmetic } from './elementwise';
import type { Versions } from './versions';

interface Extremum {
  readonly type: 'MAXIMUM' | 'MINIMUM';
  readonly code: number;
  /** TensorFlow's operator of the same meaning. */
  readonly tf: string;
  /** Plain, int8, broadcast over more than four dimensions, int16. */
  readonly version: Versions;
  readonly compute: BinaryArithmetic;
}

/** The greater or the smaller of two operands, element by element. */
export const extremumOp = ({ type, code, tf, version, compute }: Extremum): OpDefinition<Attrs> => {
  const op = binaryOp({
    type,
    code,
    attrs: {},
    tf: [tf],
    dtypes: ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8'],
    broadcastRank: 8,
    quantization: { rule: 'same', operands: [0, 1], picks: 'extremum', int16Kernel: true },
    version: (op) => {
      const { dtype } = op.input(0);
      if (dtype === 'int16') return version(4);
      if (broadcastsBeyond4(op)) return version(3);
      return version(dtype === 'int8' ? 2 : 1);
    },
    compute,
    element: sameOrUnknown,
  });
  const lower = op.lower?.[tf];
  return lower ? { ...op, lower: { [tf]: (context) => clamped(context, type) ?? lower(context) } } : op;
};

/** The limit that a number is held at from both sides (a count that may be at least and at most the same), if it is. */
function clamped(context: LowerContext, type: Extremum['type']): Value | undefined {
  const operands = [context.input(0), context.input(1)];
  const inner = operands.find(
    (value) => value.producer?.type === (type === 'MINIMUM' ? 'MAXIMUM' : 'MINIMUM'),
  );
  const limit = operands.find((value) => value !== inner);
  const outer = numberOf(limit);
  const other = inner?.producer?.inputs
    .map((value) => numberOf(value ?? undefined))
    .find((value) => value !== undefined);
  if (outer === undefined || other === undefined || inner?.shape.length !== 0) return undefined;
  return (type === 'MINIMUM' ? other >= outer : other <= outer) ? limit : undefined;
}

const numberOf = (value: Value | undefined): number | undefined =>
  value?.shape.length === 0 ? constantNumbers(value)?.[0] : undefined;
