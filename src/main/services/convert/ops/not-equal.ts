import type { DType } from '@shared/model/dtype';
import { compareOp } from './kit/compare';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '2.3.0', '2.21.0');
const BY_TYPE: Partial<Record<DType, number>> = { int16: 4, string: 3, int8: 2 };

export const op = compareOp({
  type: 'NOT_EQUAL',
  code: 72,
  tf: 'NotEqual',
  also: ['bool', 'string'],
  version: (dtype) => version(BY_TYPE[dtype] ?? 1),
  holds: (a, b) => a !== b,
});
