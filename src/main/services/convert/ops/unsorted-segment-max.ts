import { unsortedSegmentOp } from './kit/segment';
import { versions } from './kit/versions';

const version = versions('2.10.0');

export const op = unsortedSegmentOp({
  type: 'UNSORTED_SEGMENT_MAX',
  code: 154,
  tf: 'UnsortedSegmentMax',
  version: () => version(1),
});
