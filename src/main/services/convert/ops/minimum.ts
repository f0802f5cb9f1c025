import { extremumOp } from './kit/extremum';
import { versions } from './kit/versions';

export const op = extremumOp({
  type: 'MINIMUM',
  code: 57,
  tf: 'Minimum',
  version: versions('1.14.0', '1.14.0', '2.3.0', '2.3.0'),
  compute: { float: Math.min, int: Math.min, big: (a, b) => (a < b ? a : b) },
});
