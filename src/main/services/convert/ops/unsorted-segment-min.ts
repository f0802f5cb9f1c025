import { unsortedSegmentOp } from './kit/segment';
import { versions } from './kit/versions';

const version = versions('2.11.0');

export const op = unsortedSegmentOp({
  type: 'UNSORTED_SEGMENT_MIN',
  code: 157,
  tf: 'UnsortedSegmentMin',
  version: () => version(1),
});
