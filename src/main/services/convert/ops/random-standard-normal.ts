import { randomOp } from './kit/random';
import { versions } from './kit/versions';

const version = versions('2.8.0');

export const op = randomOp({
  type: 'RANDOM_STANDARD_NORMAL',
  code: 146,
  tf: 'RandomStandardNormal',
  version: () => version(1),
});
