import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.13.1', '1.14.0', '1.15.0', '2.2.0', '2.7.0');

/** Real numbers from integers, or float32 from float16. */
export const op = defineOp({
  type: 'DEQUANTIZE',
  code: 6,
  quantization: { rule: 'free', operands: [0], outputs: [], int16Kernel: true },
  version: (op) => {
    const perChannel = (op.input(0).quantization?.scale.length ?? 1) > 1;
    return version(perChannel ? 5 : versionByType(op, 0, { int8: 2, int16: 3, float16: 3 }));
  },
  infer: (op) => [{ dtype: 'float32', shape: op.input(0).shape }],
});
