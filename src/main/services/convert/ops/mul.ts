import type { Op } from '../graph/ir';
import { binaryOp, productElement, type FusedAttrs } from './kit/binary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0', '1.15.0', '2.3.0', '2.6.0', '2.11.0', '2.13.0');

/** The integer kernel of versions below 3 can only scale down. */
const scalesUp = (op: Op): boolean => {
  const [a, b, out] = [op.input(0), op.input(1), op.output()].map((value) => value.quantization?.scale[0]);
  return a !== undefined && b !== undefined && out !== undefined && (a * b) / out >= 1;
};

export const op = binaryOp<FusedAttrs>({
  type: 'MUL',
  code: 18,
  options: { union: 21, fields: [['fused_activation_function', 'int8', 0]] },
  attrs: { fused_activation_function: 0 },
  tf: ['Mul'],
  dtypes: ['float32', 'int32', 'int64', 'int16', 'uint32', 'complex64'],
  broadcastRank: 6,
  quantization: { rule: 'free', operands: [0, 1], int16Kernel: true },
  version: (op) => {
    const plain16 = op.input(0).quantization ? 4 : 7;
    const byType = versionByType(op, 0, { int8: 2, int16: plain16, int64: 5, complex64: 6, uint32: 7 });
    return version(byType < 3 && scalesUp(op) ? 3 : byType);
  },
  compute: { float: (a, b) => a * b, int: Math.imul, big: (a, b) => a * b },
  element: productElement,
});
