import { complexOp } from './kit/complex';
import { versions } from './kit/versions';

const version = versions('2.5.0');

export const op = complexOp({
  type: 'IMAG',
  code: 133,
  tf: 'Imag',
  version: () => version(1),
});
