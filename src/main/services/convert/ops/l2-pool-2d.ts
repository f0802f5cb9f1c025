import { pooling, type PoolAttrs } from './kit/pooling';
import { defineOp } from './op';

/** Root of the mean square over a window. Read from TFLite files; no TensorFlow operator becomes it. */
export const op = defineOp<PoolAttrs>({
  type: 'L2_POOL_2D',
  code: 12,
  ...pooling,
  version: () => ({ version: 1, since: '1.5.0' }),
  quantization: { rule: 'float', int16Kernel: false },
});
