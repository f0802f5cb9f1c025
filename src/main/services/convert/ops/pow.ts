import { binaryOp } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('1.10.0');

export const op = binaryOp({
  type: 'POW',
  code: 78,
  attrs: {},
  tf: [],
  dtypes: ['float32', 'int32'],
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  compute: {
    float: (a, b) => a ** b,
    // The kernel refuses negative exponents of integers; products beyond 32 bits wrap.
    int: (a, b) => (b < 0 ? NaN : Number(BigInt.asIntN(32, BigInt(a) ** BigInt(b)))),
  },
});
