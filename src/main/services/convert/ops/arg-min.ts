import { argOp } from './kit/arg';
import { versions } from './kit/versions';

const version = versions('1.9.0', '1.14.0', '2.9.0');

export const op = argOp({
  type: 'ARG_MIN',
  code: 79,
  union: 57,
  tf: 'ArgMin',
  version: (dtype) => {
    if (dtype === 'bool') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
});
