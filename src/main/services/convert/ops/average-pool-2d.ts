import { pool2d, pool3d, pooling, type PoolAttrs } from './kit/pooling';
import { defineOp } from './op';

/** Mean over a window; padding does not count. */
export const op = defineOp<PoolAttrs>({
  type: 'AVERAGE_POOL_2D',
  code: 1,
  ...pooling,
  quantization: { rule: 'same', operands: [0], picks: 'mean', int16Kernel: true },
  lower: {
    AvgPool: (context) => pool2d(context, 'AVERAGE_POOL_2D', 0),
    AvgPool3D: (context) => pool3d(context, 'AVERAGE_POOL_2D'),
  },
});
