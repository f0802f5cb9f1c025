import { CLASSES, PICTURE_SIZE } from './draw';

/** A layer of the digits classifier, from which the trained model and each written format are made. */
export type Layer =
  | { readonly kind: 'convolution'; readonly name: string; readonly filters: number; readonly size: number }
  | { readonly kind: 'depthwise'; readonly name: string; readonly size: number }
  | { readonly kind: 'normalization'; readonly name: string }
  | { readonly kind: 'relu'; readonly name: string; readonly max: number | undefined }
  | { readonly kind: 'max-pool'; readonly name: string; readonly size: number }
  | { readonly kind: 'mean-pool'; readonly name: string }
  | { readonly kind: 'dense-softmax'; readonly name: string; readonly units: number };

export const MODEL_NAME = 'digits';
export const INPUT_NAME = 'image';
export const INPUT_SHAPE = [PICTURE_SIZE, PICTURE_SIZE, 1] as const;
export const EPSILON = 0.001;

export const layers: readonly Layer[] = [
  { kind: 'convolution', name: 'stem', filters: 16, size: 3 },
  { kind: 'normalization', name: 'stem_bn' },
  { kind: 'relu', name: 'stem_relu', max: undefined },
  { kind: 'depthwise', name: 'spread', size: 3 },
  { kind: 'normalization', name: 'spread_bn' },
  { kind: 'relu', name: 'spread_relu6', max: 6 },
  { kind: 'convolution', name: 'mix', filters: 32, size: 1 },
  { kind: 'normalization', name: 'mix_bn' },
  { kind: 'relu', name: 'mix_relu', max: undefined },
  { kind: 'max-pool', name: 'half', size: 2 },
  { kind: 'convolution', name: 'deep', filters: 32, size: 3 },
  { kind: 'normalization', name: 'deep_bn' },
  { kind: 'relu', name: 'deep_relu', max: undefined },
  { kind: 'mean-pool', name: 'mean' },
  { kind: 'dense-softmax', name: 'digit', units: CLASSES },
];

/** A trained tensor: float32, its shape as Keras and TensorFlow have it. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Each layer's weights in Keras's order: kernel (and bias); gamma, beta, moving mean, moving variance. */
export type Weights = ReadonlyMap<string, readonly Weight[]>;

/** The names of a layer's weights, in that order. */
export const WEIGHT_NAMES: Readonly<Record<Layer['kind'], readonly string[]>> = {
  convolution: ['kernel'],
  depthwise: ['depthwise_kernel'],
  normalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  relu: [],
  'max-pool': [],
  'mean-pool': [],
  'dense-softmax': ['kernel', 'bias'],
};

export const weightOf = (weights: Weights, layer: string, index: number): Weight => {
  const weight = weights.get(layer)?.[index];
  if (!weight) throw new Error(`the layer '${layer}' has no weight ${index}`);
  return weight;
};
