import { complexOp } from './kit/complex';
import { versions } from './kit/versions';

const version = versions('2.5.0');

export const op = complexOp({
  type: 'COMPLEX_ABS',
  code: 135,
  tf: 'ComplexAbs',
  version: () => version(1),
});
