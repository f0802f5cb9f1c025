// A .keras file as Keras 3 writes it: a ZIP of config.json, metadata.json and model.weights.h5
// (keras/src/saving/saving_lib.py; layers in the weights file are numbered by class).
import { storeZip } from '../../../src/main/services/data/zip-archive';
import {
  EPSILON,
  INPUT_NAME,
  INPUT_SHAPE,
  type Layer,
  layers,
  MODEL_NAME,
  type Weight,
  type Weights,
} from '../network';
import { type Hdf5Group, writeHdf5 } from './hdf5';

/** The version whose format this is, not one that wrote it; the date is fixed, so that the same weights give the same bytes. */
const METADATA = { keras_version: '3.3.3', date_saved: '2026-01-01@00:00:00' };

type Shape = readonly (number | null)[];
type Json = Readonly<Record<string, unknown>>;

const BATCH_SHAPE: Shape = [null, ...INPUT_SHAPE];

export function writeKerasArchive(weights: Weights): Uint8Array {
  const json = (value: Json): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');
  return storeZip([
    { name: 'metadata.json', bytes: json(METADATA) },
    { name: 'config.json', bytes: json(modelConfig(weights)) },
    { name: 'model.weights.h5', bytes: writeHdf5(weightGroups(weights)) },
  ]);
}

function modelConfig(weights: Weights): Json {
  const input = {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: BATCH_SHAPE, dtype: 'float32', sparse: false, name: INPUT_NAME },
    registered_name: null,
    name: INPUT_NAME,
    inbound_nodes: [],
  };
  const configs: Json[] = [input];
  let previous: { readonly name: string; readonly shape: Shape } = { name: INPUT_NAME, shape: BATCH_SHAPE };
  for (const layer of layers) {
    configs.push(layerConfig(layer, previous.name, previous.shape));
    previous = { name: layer.name, shape: shapeAfter(layer, previous.shape, weights) };
  }
  const config = {
    name: MODEL_NAME,
    trainable: true,
    layers: configs,
    input_layers: [[INPUT_NAME, 0, 0]],
    output_layers: [[previous.name, 0, 0]],
  };
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config,
    registered_name: 'Functional',
  };
}

function layerConfig(layer: Layer, from: string, shape: Shape): Json {
  const tensor = { shape, dtype: 'float32', keras_history: [from, 0, 0] };
  return {
    module: 'keras.layers',
    class_name: KERAS_CLASS[layer.kind],
    config: { name: layer.name, trainable: true, dtype: 'float32', ...settings(layer, shape) },
    registered_name: null,
    build_config: { input_shape: shape },
    name: layer.name,
    inbound_nodes: [{ args: [{ class_name: '__keras_tensor__', config: tensor }], kwargs: {} }],
  };
}

const KERAS_CLASS: Readonly<Record<Layer['kind'], string>> = {
  convolution: 'Conv2D',
  depthwise: 'DepthwiseConv2D',
  normalization: 'BatchNormalization',
  relu: 'ReLU',
  'max-pool': 'MaxPooling2D',
  'mean-pool': 'GlobalAveragePooling2D',
  'dense-softmax': 'Dense',
};

/** How Keras spells these classes in the weights file. */
const KERAS_FOLDER: Readonly<Record<Layer['kind'], string>> = {
  convolution: 'conv2d',
  depthwise: 'depthwise_conv2d',
  normalization: 'batch_normalization',
  relu: 're_lu',
  'max-pool': 'max_pooling2d',
  'mean-pool': 'global_average_pooling2d',
  'dense-softmax': 'dense',
};

function settings(layer: Layer, shape: Shape): Json {
  const window = (size: number): number[] => [size, size];
  const convolution = {
    strides: [1, 1],
    padding: 'same',
    data_format: 'channels_last',
    dilation_rate: [1, 1],
  };
  switch (layer.kind) {
    case 'convolution':
      return {
        filters: layer.filters,
        kernel_size: window(layer.size),
        ...convolution,
        groups: 1,
        ...NO_BIAS,
      };
    case 'depthwise':
      return { kernel_size: window(layer.size), depth_multiplier: 1, ...convolution, ...NO_BIAS };
    case 'normalization':
      return { axis: shape.length - 1, momentum: 0.95, epsilon: EPSILON, center: true, scale: true };
    case 'relu':
      return { max_value: layer.max ?? null, negative_slope: 0, threshold: 0 };
    case 'max-pool': {
      const size = window(layer.size);
      return { pool_size: size, strides: size, padding: 'valid', data_format: 'channels_last' };
    }
    case 'mean-pool':
      return { data_format: 'channels_last', keepdims: false };
    case 'dense-softmax':
      return { units: layer.units, activation: 'softmax', use_bias: true };
  }
}

const NO_BIAS = { activation: 'linear', use_bias: false };

function shapeAfter(layer: Layer, shape: Shape, weights: Weights): Shape {
  const [batch, height, width, channels] = shape;
  switch (layer.kind) {
    case 'convolution':
      return [batch ?? null, height ?? null, width ?? null, layer.filters];
    case 'max-pool':
      return [batch ?? null, Number(height) / layer.size, Number(width) / layer.size, channels ?? null];
    case 'mean-pool':
      return [batch ?? null, channels ?? null];
    case 'dense-softmax':
      return [batch ?? null, weights.get(layer.name)?.[1]?.shape[0] ?? null];
    default:
      return shape;
  }
}

function weightGroups(weights: Weights): Hdf5Group {
  const groups: Record<string, Hdf5Group> = { input_layer: { vars: {} } };
  for (const layer of layers) {
    const same = layers.filter(({ kind }) => kind === layer.kind).indexOf(layer);
    const folder = KERAS_FOLDER[layer.kind] + (same === 0 ? '' : `_${same}`);
    const variables = (weights.get(layer.name) ?? []).map(
      (weight, index) => [String(index), weight] as const,
    );
    groups[folder] = { vars: Object.fromEntries<Weight>(variables) };
  }
  return { layers: groups, vars: {} };
}
