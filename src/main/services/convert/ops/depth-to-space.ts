import { blockOp } from './kit/blocks';
import { versions } from './kit/versions';

/** Moves channels into blocks of pixels. */
export const op = blockOp({
  type: 'DEPTH_TO_SPACE',
  code: 5,
  union: 94,
  tf: 'DepthToSpace',
  version: versions('2.1.0', '2.5.0'),
  sign: -1,
});
