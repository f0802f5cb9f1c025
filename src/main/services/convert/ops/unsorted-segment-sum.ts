import { unsortedSegmentOp } from './kit/segment';
import { versions } from './kit/versions';

const version = versions('2.10.0');

export const op = unsortedSegmentOp({
  type: 'UNSORTED_SEGMENT_SUM',
  code: 155,
  tf: 'UnsortedSegmentSum',
  version: () => version(1),
});
