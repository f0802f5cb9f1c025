import type { Conv2dAttrs } from '@main/services/convert/ops/conv-2d';
import type { DepthwiseConv2dAttrs } from '@main/services/convert/ops/depthwise-conv-2d';
import { FUSED, PADDING } from '@main/services/convert/ops/kit/fused';
import type { PoolAttrs } from '@main/services/convert/ops/kit/pooling';

/** A convolution with SAME padding and stride 1. */
export const CONV: Conv2dAttrs = {
  padding: PADDING.SAME,
  stride_w: 1,
  stride_h: 1,
  fused_activation_function: FUSED.NONE,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  quantized_bias_type: 0,
};

export const VALID_CONV: Conv2dAttrs = { ...CONV, padding: PADDING.VALID };

export const DEPTHWISE: DepthwiseConv2dAttrs = {
  padding: PADDING.SAME,
  stride_w: 1,
  stride_h: 1,
  depth_multiplier: 1,
  fused_activation_function: FUSED.NONE,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
};

/** A 3 by 3 pool with stride 2 and no padding. */
export const POOL: PoolAttrs = {
  padding: PADDING.VALID,
  stride_w: 2,
  stride_h: 2,
  filter_width: 3,
  filter_height: 3,
  fused_activation_function: FUSED.NONE,
};
