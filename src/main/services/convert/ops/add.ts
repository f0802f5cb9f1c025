import { binaryOp, type AdditionAttrs } from './kit/binary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0', '2.4.0', '2.6.0', '2.13.0');

export const op = binaryOp<AdditionAttrs>({
  type: 'ADD',
  code: 0,
  options: {
    union: 11,
    fields: [
      ['fused_activation_function', 'int8', 0],
      ['pot_scale_int16', 'bool', true],
    ],
  },
  attrs: { fused_activation_function: 0, pot_scale_int16: true },
  tf: ['Add', 'AddV2'],
  dtypes: ['float32', 'int32', 'int64', 'int16'],
  broadcastRank: 6,
  // add.cc and sub.cc: 2 x scale / (2^20 x output's scale) has to be below 1 (2^15 instead of 2^20 in 16 bits).
  quantization: { rule: 'free', operands: [0, 1], leastScale: 2 ** -12, int16Kernel: true },
  version: (op) => {
    const plain16 = op.input(0).quantization ? 2 : 5;
    return version(
      versionByType(op, 0, { int8: 2, int16: op.attrs.pot_scale_int16 ? plain16 : 3, int64: 4 }),
    );
  },
  compute: { float: (a, b) => a + b, int: (a, b) => a + b, big: (a, b) => a + b },
  element: (a, b) => {
    if (a === 0) return b;
    return b === 0 ? a : 'unknown';
  },
});
