import { binaryOp, broadcastsBeyond4, type FusedAttrs } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('1.6.0', '2.3.0');

/** Division; of integers it truncates towards zero. */
export const op = binaryOp<FusedAttrs>({
  type: 'DIV',
  code: 42,
  options: { union: 29, fields: [['fused_activation_function', 'int8', 0]] },
  attrs: { fused_activation_function: 0 },
  tf: ['Div', 'RealDiv', 'TruncateDiv'],
  dtypes: ['float32', 'int32'],
  broadcastRank: 5,
  // There is an int8 kernel, but it takes the code 0 for a division by zero and fails (div.cc, TFLite 2.21).
  quantization: { rule: 'float', int16Kernel: false },
  version: (op) => version(broadcastsBeyond4(op) ? 2 : 1),
  compute: { float: (a, b) => a / b, int: (a, b) => (b === 0 ? NaN : Math.trunc(a / b)) },
  element: (a, b) => (b === 1 ? a : 'unknown'),
});
