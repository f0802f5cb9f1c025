import type { OpDefinition, OpVersion } from '../op';
import { asDims, elementsOf } from './constants';

interface RandomAttrs {
  seed: number;
  seed2: number;
}

interface RandomFamily {
  readonly type: string;
  readonly code: number;
  readonly tf: string;
  readonly version: () => OpVersion;
}

/** Random float32 tensors of the shape in operand 0. Seeds of 0 give other numbers at each run. */
export const randomOp = ({ type, code, tf, version }: RandomFamily): OpDefinition<RandomAttrs> => ({
  type,
  code,
  options: {
    union: 114,
    fields: [
      ['seed', 'int64', 0],
      ['seed2', 'int64', 0],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version,
  infer(op) {
    const dims = elementsOf(op.input(0));
    if (!dims) throw new Error('the number of dimensions of its result is not known');
    return [{ dtype: 'float32', shape: asDims(dims) }];
  },
  lower: {
    [tf]: (context) => {
      if (context.dtype('dtype') !== 'float32') context.refuse(`TFLite draws float32 numbers only`);
      return context.emit1(type, { seed: context.int('seed', 0), seed2: context.int('seed2', 0) }, [
        context.input(0),
      ]);
    },
  },
});
