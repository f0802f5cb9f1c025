import { batchBlockOp } from './kit/blocks';
import { versions } from './kit/versions';

/** Pads by operand 2 and moves blocks of the sizes in operand 1 into the batch. */
export const op = batchBlockOp({
  type: 'SPACE_TO_BATCH_ND',
  code: 38,
  tf: 'SpaceToBatchND',
  version: versions('1.6.0', '1.14.0', '2.3.0', '2.12.0'),
  sign: 1,
});
