import { oneToOne, sameType } from './kit/activation-op';
import { foldRows } from './kit/fold-rows';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.14.0', '1.14.0');

/** Logarithm of SOFTMAX along the last axis. */
export const op = defineOp({
  type: 'LOG_SOFTMAX',
  code: 50,
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2 })),
  quantization: { rule: 'fixed', operands: [0], int8: [16 / 256, 127], int16Kernel: false },
  fold: (inputs) =>
    foldRows(inputs, (row) => {
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const log = Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
      return row.map((x) => x - top - log);
    }),
  lower: { LogSoftmax: oneToOne('LOG_SOFTMAX') },
});
