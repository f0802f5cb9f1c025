import { randomOp } from './kit/random';
import { versions } from './kit/versions';

const version = versions('2.8.0');

export const op = randomOp({
  type: 'RANDOM_UNIFORM',
  code: 148,
  tf: 'RandomUniform',
  version: () => version(1),
});
