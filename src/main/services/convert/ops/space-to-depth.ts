import { blockOp } from './kit/blocks';
import { versions } from './kit/versions';

/** Moves blocks of pixels into the channels. */
export const op = blockOp({
  type: 'SPACE_TO_DEPTH',
  code: 26,
  union: 19,
  tf: 'SpaceToDepth',
  version: versions('1.5.0', '1.14.0'),
  sign: 1,
});
