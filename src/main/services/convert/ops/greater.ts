import type { DType } from '@shared/model/dtype';
import { compareOp } from './kit/compare';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0');
const BY_TYPE: Partial<Record<DType, number>> = { int8: 2 };

export const op = compareOp({
  type: 'GREATER',
  code: 61,
  tf: 'Greater',
  version: (dtype) => version(BY_TYPE[dtype] ?? 1),
  holds: (a, b) => a > b,
});
