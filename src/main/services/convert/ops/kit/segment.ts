import type { Attrs } from '../../graph/ir';
import type { OpDefinition, OpVersion } from '../op';
import { elementsOf } from './constants';
import { requireType } from './elementwise';
import { asInt32 } from './reshape';

interface SegmentFamily {
  readonly type: string;
  readonly code: number;
  readonly tf: string;
  readonly version: () => OpVersion;
}

/** Operators that gather rows by a segment number of any order: operands data, numbers, count of segments. */
export const unsortedSegmentOp = ({ type, code, tf, version }: SegmentFamily): OpDefinition<Attrs> => ({
  type,
  code,
  quantization: { rule: 'float', int16Kernel: false },
  version,
  infer(op) {
    const [count] = elementsOf(op.input(2)) ?? [];
    const rest = op.input(0).shape.slice(op.input(1).shape.length);
    return [{ dtype: op.input(0).dtype, shape: [typeof count === 'number' ? count : -1, ...rest] }];
  },
  lower: {
    [tf]: (context) => {
      requireType(context, 0, type, ['float32', 'int32']);
      return context.emit1(type, {}, [
        context.input(0),
        asInt32(context, context.input(1)),
        asInt32(context, context.input(2)),
      ]);
    },
  },
});
