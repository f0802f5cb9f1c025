import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { requireType } from './kit/elementwise';
import { asInt32 } from './kit/reshape';
import { versionByType, versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

const version = versions('1.7.0', '1.14.0', '2.13.0');

const emitTopK = (context: LowerContext, k: Value): readonly Value[] => {
  requireType(context, 0, 'TOPK_V2', ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8']);
  return context.emit('TOPK_V2', {}, [context.input(0), asInt32(context, k)]);
};

/** The k greatest elements of the last dimension, in order, and their indices. */
export const op = defineOp({
  type: 'TOPK_V2',
  code: 48,
  quantization: { rule: 'same', operands: [0], outputs: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const [k = -1] = constantNumbers(op.input(1)) ?? [];
    const last = shape.at(-1);
    if (last === undefined || (last !== -1 && k > last))
      throw new Error(`there are no ${k} greatest of ${last ?? 'one'} elements`);
    const kept = [...shape.slice(0, -1), k];
    return [
      { dtype, shape: kept },
      { dtype: 'int32', shape: kept },
    ];
  },
  lower: {
    TopKV2: (context) => emitTopK(context, context.input(1)),
    TopK: (context) => emitTopK(context, context.scalar('int32', context.int('k'))),
  },
});
