import { constantNumbers } from '../graph/constant';
import type { Op } from '../graph/ir';
import { defineOp } from './op';
import { newArray } from './kit/constants';
import { kindOf, requireType } from './kit/elementwise';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.0', '2.14.0');

const countOf = (op: Op): number => {
  const [start, limit, delta] = [0, 1, 2].map((i) => constantNumbers(op.input(i))?.[0]);
  if (start === undefined || limit === undefined || delta === undefined) return -1;
  if (delta === 0) throw new Error('its step is 0');
  return Math.max(0, Math.ceil((limit - start) / delta));
};

/** start, start + delta ... up to and without limit. */
export const op = defineOp({
  type: 'RANGE',
  code: 96,
  quantization: { rule: 'float', int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { int64: 2 })),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: [countOf(op)] }],
  fold([start, , delta], op) {
    const out = newArray(op.output().dtype, op.output().shape[0] ?? 0);
    const kind = kindOf(op.output().dtype);
    if (!out || !start || !delta || kind === 'none') return undefined;
    const [first, step] = [Number(start.data[0]), Number(delta.data[0])];
    // The kernel adds up; in float32 that differs from a product.
    for (
      let i = 0, at = first;
      i < out.length;
      i++, at = kind === 'float' ? Math.fround(at + step) : at + step
    )
      out[i] = (kind === 'big' ? BigInt(at) : at) as number;
    return [out];
  },
  lower: {
    Range: (context) => {
      requireType(context, 0, 'RANGE', ['int32', 'int64', 'float32']);
      return context.emit1('RANGE', {}, [context.input(0), context.input(1), context.input(2)]);
    },
  },
});
