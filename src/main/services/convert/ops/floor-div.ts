import { binaryOp } from './kit/binary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '2.13.0');

export const op = binaryOp({
  type: 'FLOOR_DIV',
  code: 90,
  attrs: {},
  tf: ['FloorDiv'],
  dtypes: ['float32', 'int32', 'int16', 'int8'],
  quantization: { rule: 'float', int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { float32: 2, int16: 3, int8: 3 })),
  compute: {
    float: (a, b) => Math.floor(a / b),
    int: (a, b) => (b === 0 ? NaN : Math.floor(a / b)),
  },
  element: (a, b) => (b === 1 ? a : 'unknown'),
});
