import { binaryOp } from './kit/binary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.0', '2.13.0');

/** Remainder with the divisor's sign. */
export const op = binaryOp({
  type: 'FLOOR_MOD',
  code: 95,
  attrs: {},
  tf: ['FloorMod'],
  dtypes: ['float32', 'int32', 'int64', 'int16', 'int8'],
  quantization: { rule: 'float', int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { int16: 2, int8: 2 })),
  compute: {
    float: floorMod,
    int: (a, b) => (b === 0 ? NaN : floorMod(a, b)),
    big: (a, b) => {
      if (b === 0n) return NaN;
      const rest = a % b;
      return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
    },
  },
});

function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
