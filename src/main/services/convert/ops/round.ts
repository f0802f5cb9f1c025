import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.14.0');

/** Halves go to the even neighbour. */
const roundHalfEven = (x: number): number => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};

export const op = unaryOp({
  type: 'ROUND',
  code: 116,
  tf: [],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: roundHalfEven },
});
