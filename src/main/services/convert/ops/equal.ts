import type { DType } from '@shared/model/dtype';
import { compareOp } from './kit/compare';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '2.3.0', '2.13.0', '2.21.0');
const BY_TYPE: Partial<Record<DType, number>> = { int16: 5, string: 3, int8: 2 };

export const op = compareOp({
  type: 'EQUAL',
  code: 71,
  tf: 'Equal',
  also: ['bool', 'string'],
  version: (dtype) => version(BY_TYPE[dtype] ?? 1),
  holds: (a, b) => a === b,
});
