import * as tf from '@tensorflow/tfjs-node';
import type { Pictures } from './draw';
import { EPSILON, INPUT_NAME, INPUT_SHAPE, type Layer, layers, MODEL_NAME, type Weights } from './network';
import { shuffle } from './random';

const EPOCHS = 16;
const BATCH = 64;

/** Trains the classifier from scratch; the same seeds give the same pictures, order and first weights. */
export async function train(pictures: Pictures, random: () => number, say: (line: string) => void) {
  const model = buildModel();
  const optimizer = tf.train.adam(0.003);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const order = Array.from({ length: pictures.count }, (_, index) => index);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    // A falling step: half a cosine from the first to the last epoch.
    Object.assign(optimizer, { learningRate: 0.003 * (0.52 + 0.48 * Math.cos((Math.PI * epoch) / EPOCHS)) });
    shuffle(order, random);
    const { images, labels } = tensors(pictures, order);
    const { history } = await model.fit(images, labels, {
      epochs: 1,
      batchSize: BATCH,
      shuffle: false,
      verbose: 0,
    });
    say(`epoch ${epoch + 1} of ${EPOCHS}: loss ${Number(history['loss']?.[0]).toFixed(4)}`);
    tf.dispose([images, labels]);
  }
  return model;
}

export function weightsOf(model: tf.LayersModel): Weights {
  const named = layers.map((layer) => {
    const values = model.getLayer(layer.name).getWeights();
    return [
      layer.name,
      values.map((value) => ({ shape: value.shape, data: Float32Array.from(value.dataSync()) })),
    ] as const;
  });
  return new Map(named);
}

function tensors(pictures: Pictures, order: readonly number[]) {
  const size = pictures.pixels.length / pictures.count;
  const pixels = new Float32Array(pictures.pixels.length);
  for (const [to, from] of order.entries()) {
    pixels.set(pictures.pixels.subarray(from * size, (from + 1) * size), to * size);
  }
  const labels = Float32Array.from(order, (index) => pictures.labels[index] ?? 0);
  return { images: tf.tensor4d(pixels, [order.length, ...INPUT_SHAPE]), labels: tf.tensor1d(labels) };
}

function buildModel(): tf.LayersModel {
  const input = tf.input({ shape: [...INPUT_SHAPE], name: INPUT_NAME });
  let value: tf.SymbolicTensor = input;
  for (const [seed, layer] of layers.entries())
    value = layerOf(layer, seed + 1).apply(value) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: value, name: MODEL_NAME });
}

function layerOf(layer: Layer, seed: number): tf.layers.Layer {
  const { name } = layer;
  const initializer = tf.initializers.heNormal({ seed });
  switch (layer.kind) {
    case 'convolution':
      return tf.layers.conv2d({
        name,
        filters: layer.filters,
        kernelSize: layer.size,
        padding: 'same',
        useBias: false,
        kernelInitializer: initializer,
      });
    case 'depthwise':
      return tf.layers.depthwiseConv2d({
        name,
        kernelSize: layer.size,
        padding: 'same',
        useBias: false,
        depthwiseInitializer: initializer,
      });
    case 'normalization':
      return tf.layers.batchNormalization({ name, epsilon: EPSILON, momentum: 0.95 });
    case 'relu':
      return tf.layers.reLU(layer.max === undefined ? { name } : { name, maxValue: layer.max });
    case 'max-pool':
      return tf.layers.maxPooling2d({ name, poolSize: layer.size });
    case 'mean-pool':
      return tf.layers.globalAveragePooling2d({ name });
    case 'dense-softmax':
      return tf.layers.dense({
        name,
        units: layer.units,
        activation: 'softmax',
        kernelInitializer: initializer,
      });
  }
}
