import { binaryOp, broadcastsBeyond4, type AdditionAttrs } from './kit/binary';
import { sameElement } from './kit/constants';
import { versions } from './kit/versions';

const version = versions('1.6.0', '1.14.0', '2.3.0', '2.4.0', '2.4.0');

export const op = binaryOp<AdditionAttrs>({
  type: 'SUB',
  code: 41,
  options: {
    union: 28,
    fields: [
      ['fused_activation_function', 'int8', 0],
      ['pot_scale_int16', 'bool', true],
    ],
  },
  attrs: { fused_activation_function: 0, pot_scale_int16: true },
  tf: ['Sub'],
  dtypes: ['float32', 'int32', 'int64'],
  broadcastRank: 5,
  // add.cc and sub.cc: 2 x scale / (2^20 x output's scale) has to be below 1 (2^15 instead of 2^20 in 16 bits).
  quantization: { rule: 'free', operands: [0, 1], leastScale: 2 ** -12, int16Kernel: true },
  version: (op) => {
    const { dtype } = op.input(0);
    if (dtype === 'int16') return version(op.attrs.pot_scale_int16 ? 2 : 5);
    if (dtype === 'int64') return version(4);
    if (broadcastsBeyond4(op)) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  compute: { float: (a, b) => a - b, int: (a, b) => a - b, big: (a, b) => a - b },
  element: (a, b) => {
    if (sameElement(a, b)) return 0;
    return b === 0 ? a : 'unknown';
  },
});
