import { batchBlockOp } from './kit/blocks';
import { versions } from './kit/versions';

/** Moves the batch into blocks of the sizes in operand 1 and crops by operand 2. */
export const op = batchBlockOp({
  type: 'BATCH_TO_SPACE_ND',
  code: 37,
  tf: 'BatchToSpaceND',
  version: versions('1.6.0', '1.14.0', '2.3.0', '2.12.0'),
  sign: -1,
});
