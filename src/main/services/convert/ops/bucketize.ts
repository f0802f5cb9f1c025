import { requireType } from './kit/elementwise';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.8.0');

interface BucketizeAttrs {
  boundaries: readonly number[];
}

/** Number of the bucket each element falls into; boundaries ascend. */
export const op = defineOp<BucketizeAttrs>({
  type: 'BUCKETIZE',
  code: 147,
  options: { union: 115, fields: [['boundaries', 'float32[]']] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: 'int32', shape: op.input(0).shape }],
  lower: {
    Bucketize: (context) => {
      requireType(context, 0, 'BUCKETIZE', ['float32', 'float64', 'int32', 'int64']);
      const attr = context.node.attrs['boundaries'];
      const boundaries =
        attr?.kind === 'list' ? attr.value.map((item) => (item.kind === 'float' ? item.value : NaN)) : [];
      return context.emit1('BUCKETIZE', { boundaries }, [context.input(0)]);
    },
  },
});
