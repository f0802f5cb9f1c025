import { spatialAttrs } from './kit/convolution';
import { pool2d, pool3d, pooling, type PoolAttrs } from './kit/pooling';
import { defineOp } from './op';

/** Maximum over a window. */
export const op = defineOp<PoolAttrs>({
  type: 'MAX_POOL_2D',
  code: 17,
  ...pooling,
  lower: {
    MaxPool: (context) => pool2d(context, 'MAX_POOL_2D', -Infinity),
    // Window and strides are operands here.
    MaxPoolV2(context) {
      const attrs = spatialAttrs(context);
      const first = attrs.channelsFirst ? 2 : 1;
      const strides = context.constantInts(2).slice(first, first + 2);
      return pool2d(context, 'MAX_POOL_2D', -Infinity, context.constantInts(1), { ...attrs, strides });
    },
    MaxPool3D: (context) => pool3d(context, 'MAX_POOL_2D'),
  },
});
