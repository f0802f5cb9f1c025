import { complexOp } from './kit/complex';
import { versions } from './kit/versions';

const version = versions('2.5.0');

export const op = complexOp({
  type: 'REAL',
  code: 134,
  tf: 'Real',
  version: () => version(1),
});
