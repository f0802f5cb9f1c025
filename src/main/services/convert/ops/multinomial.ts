import { constantNumbers } from '../graph/constant';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp } from './op';
import { castTo } from './kit/cast';

const version = versions('2.8.0');

interface MultinomialAttrs {
  seed: number;
  seed2: number;
}

/** Draws operand 1 many classes for each row of log probabilities. */
export const op = defineOp<MultinomialAttrs>({
  type: 'MULTINOMIAL',
  code: 149,
  options: {
    union: 114,
    fields: [
      ['seed', 'int64', 0],
      ['seed2', 'int64', 0],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer(op) {
    const [count = -1] = constantNumbers(op.input(1)) ?? [];
    return [{ dtype: 'int64', shape: [op.input(0).shape[0] ?? -1, count] }];
  },
  lower: {
    Multinomial: (context) => {
      const attrs = { seed: context.int('seed', 0), seed2: context.int('seed2', 0) };
      const drawn = context.emit1('MULTINOMIAL', attrs, [
        context.input(0),
        asInt32(context, context.input(1)),
      ]);
      return castTo(context, drawn, context.dtype('output_dtype', 'int64'));
    },
  },
});
