import type { OptionKind } from '../op';
import type { SpatialAttrs } from './convolution';
import { FUSED, type FusedAttrs } from './fused';

/** Options of CONV_3D and CONV_3D_TRANSPOSE. */
export interface Conv3dAttrs extends FusedAttrs {
  padding: number;
  stride_d: number;
  stride_w: number;
  stride_h: number;
  dilation_d_factor: number;
  dilation_w_factor: number;
  dilation_h_factor: number;
}

export const CONV_3D_FIELDS: readonly (readonly [keyof Conv3dAttrs & string, OptionKind, number?])[] = [
  ['padding', 'int8'],
  ['stride_d', 'int32'],
  ['stride_w', 'int32'],
  ['stride_h', 'int32'],
  ['fused_activation_function', 'int8'],
  ['dilation_d_factor', 'int32', 1],
  ['dilation_w_factor', 'int32', 1],
  ['dilation_h_factor', 'int32', 1],
];

export const conv3dAttrs = ({ padding, strides, dilations }: SpatialAttrs): Conv3dAttrs => ({
  padding,
  stride_d: strides[0] ?? 1,
  stride_h: strides[1] ?? 1,
  stride_w: strides[2] ?? 1,
  fused_activation_function: FUSED.NONE,
  dilation_d_factor: dilations[0] ?? 1,
  dilation_h_factor: dilations[1] ?? 1,
  dilation_w_factor: dilations[2] ?? 1,
});
