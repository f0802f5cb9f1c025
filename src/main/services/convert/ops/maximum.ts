import { extremumOp } from './kit/extremum';
import { versions } from './kit/versions';

export const op = extremumOp({
  type: 'MAXIMUM',
  code: 55,
  tf: 'Maximum',
  version: versions('1.14.0', '1.14.0', '2.3.0', '2.3.0'),
  compute: { float: Math.max, int: Math.max, big: (a, b) => (a > b ? a : b) },
});
