import { sameType } from './kit/activation-op';
import { foldRows } from './kit/fold-rows';
import type { FusedAttrs } from './kit/fused';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.5.0', '1.14.0');

/** x over its Euclidean norm along the last axis, the norm at least 1e-6. Made by passes only. */
export const op = defineOp<FusedAttrs>({
  type: 'L2_NORMALIZATION',
  code: 11,
  options: { union: 12, fields: [['fused_activation_function', 'int8']] },
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2 })),
  quantization: { rule: 'fixed', operands: [0], int8: [1 / 128, 0], int16Kernel: false },
  fold: (inputs) =>
    foldRows(inputs, (row) => {
      const norm = Math.max(Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)), 1e-6);
      return row.map((x) => x / norm);
    }),
});
