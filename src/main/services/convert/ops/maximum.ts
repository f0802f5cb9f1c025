import { binaryOp, broadcastsBeyond4, sameOrUnknown } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '2.3.0', '2.3.0');

export const op = binaryOp({
  type: 'MAXIMUM',
  code: 55,
  attrs: {},
  tf: ['Maximum'],
  dtypes: ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8'],
  broadcastRank: 8,
  quantization: { rule: 'same', operands: [0, 1], picks: 'extremum', int16Kernel: true },
  version: (op) => {
    const { dtype } = op.input(0);
    if (dtype === 'int16') return version(4);
    if (broadcastsBeyond4(op)) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  compute: { float: Math.max, int: Math.max, big: (a, b) => (a > b ? a : b) },
  element: sameOrUnknown,
});
