import { describe, expect, it } from 'vitest';
import { memorySource } from '@main/services/convert/read/byte-source';
import { readKerasHdf5 } from '@main/services/convert/read/keras-h5';
import type { Json } from '@main/services/convert/read/json';
import { parseRoot } from '@main/services/convert/read/keras/parse-root';
import { writeModel } from '@main/services/convert/read/keras/write-model';
import { dataOf } from '@main/services/convert/graph/constant';
import type { SourceGraph, SourceTensor } from '@main/services/convert/source';
import { viewAs } from '@shared/model/dtype';
import { dataset, group, hdf5File } from '@test/support/hdf5-writer';

type Layer = { readonly [key: string]: Json };

const input = (name: string, ...shape: number[]): Layer => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_shape: [null, ...shape], dtype: 'float32' },
  inbound_nodes: [],
});
const tensor = (name: string, call = 0): Json => ({
  class_name: '__keras_tensor__',
  config: { shape: [], dtype: 'float32', keras_history: [name, call, 0] },
});
/** A layer as Keras 3 writes it, called once with these arguments. */
const layer = (class_name: string, name: string, config: Layer, ...args: Json[]): Layer => ({
  class_name,
  name,
  module: 'keras.layers',
  config: { name, trainable: true, ...config },
  inbound_nodes: [{ args, kwargs: {} }],
});
const operation = (class_name: string, name: string, config: Layer, ...args: Json[]): Layer => ({
  ...layer(class_name, name, {}, ...args),
  module: 'keras.src.ops.numpy',
  config: { name, ...config },
});
const model = (layers: Layer[], output: string, name = 'm', inputs = ['x']): Layer => ({
  class_name: 'Functional',
  config: {
    name,
    layers,
    input_layers: inputs.map((each) => [each, 0, 0]),
    output_layers: [[output, 0, 0]],
  },
});

const write = (config: Json, major: 2 | 3 = 3): SourceGraph =>
  writeModel(parseRoot(config, 'test'), {
    format: 'keras-v3',
    version: { major },
    weights: new Map(),
    notes: [],
    close: () => undefined,
  });

const opsOf = (graph: SourceGraph): string[] =>
  Array.from(graph.nodes.values(), (node) => node.op).filter((op) => op !== 'Const' && op !== 'Placeholder');
const shapeOf = (graph: SourceGraph): readonly number[] | undefined => graph.signatures[0]?.outputs[0]?.shape;

describe('layers as TensorFlow nodes', () => {
  it('puts transposes around layers whose channels come first', () => {
    const config = { pool_size: [2, 2], strides: [2, 2], data_format: 'channels_first' };
    const graph = write(model([input('x', 3, 8, 6), layer('MaxPooling2D', 'p', config, tensor('x'))], 'p'));
    expect(opsOf(graph)).toEqual(['Transpose', 'MaxPool', 'Transpose']);
    expect(shapeOf(graph)).toEqual([-1, 3, 4, 3]);
  });

  it('pools three dimensions by two', () => {
    const graph = write(
      model([input('x', 4, 6, 8, 2), layer('MaxPooling3D', 'p', { pool_size: [2, 3, 4] }, tensor('x'))], 'p'),
    );
    expect(opsOf(graph)).toEqual(['Reshape', 'MaxPool', 'Reshape', 'MaxPool', 'Reshape']);
    expect(shapeOf(graph)).toEqual([-1, 2, 2, 2, 2]);
  });

  it('encodes categories and finds the bins of numbers', () => {
    const encode = (output_mode: string, ...shape: number[]): SourceGraph =>
      write(
        model(
          [input('x', ...shape), layer('CategoryEncoding', 'c', { num_tokens: 5, output_mode }, tensor('x'))],
          'c',
        ),
      );
    expect(opsOf(encode('multi_hot', 3))).toEqual(['Cast', 'OneHot', 'Max']);
    expect(shapeOf(encode('multi_hot', 3))).toEqual([-1, 5]);
    expect(opsOf(encode('count', 3))).toEqual(['Cast', 'OneHot', 'Sum']);
    expect(shapeOf(encode('one_hot', 1))).toEqual([-1, 5]);
    const bins = { bin_boundaries: [-0.5, 0, 0.7], output_mode: 'int' };
    const graph = write(model([input('x', 4), layer('Discretization', 'd', bins, tensor('x'))], 'd'));
    expect(opsOf(graph)).toEqual(['Bucketize']);
    expect(() =>
      write(model([input('x', 4), layer('Discretization', 'd', { num_bins: 4 }, tensor('x'))], 'd')),
    ).toThrow('its boundaries are not in its settings');
  });

  it('hides later steps by a mask made at run time when their number is not known', () => {
    const config = { use_scale: false, score_mode: 'dot' };
    const attention = (steps: number): SourceGraph => {
      const call = {
        ...layer('Attention', 'a', config),
        inbound_nodes: [{ args: [[tensor('x'), tensor('x')]], kwargs: { use_causal_mask: true } }],
      };
      const { config: own, ...rest } = input('x', steps, 8);
      const shape = [null, steps < 0 ? null : steps, 8];
      return write(model([{ ...rest, config: { ...(own as Layer), batch_shape: shape } }, call], 'a'));
    };
    expect(opsOf(attention(4))).not.toContain('MatrixBandPart');
    expect(opsOf(attention(-1))).toContain('MatrixBandPart');
  });

  it('writes a convolutional LSTM over lines as one over images of height 1', () => {
    const config = { filters: 4, padding: 'same', return_sequences: true, use_bias: false };
    const graph = (className: string, size: number[], ...shape: number[]): SourceGraph => {
      const layers = [
        input('x', ...shape),
        layer(className, 'l', { ...config, kernel_size: size }, tensor('x')),
      ];
      const parsed = parseRoot(model(layers, 'l'), 'test');
      const zeros = (...dims: number[]): SourceTensor => ({
        dtype: 'float32',
        shape: dims,
        data: dataOf(new Float32Array(dims.reduce((a, b) => a * b))),
      });
      const own = new Map([
        ['kernel', zeros(...size, 2, 16)],
        ['recurrent_kernel', zeros(...size, 4, 16)],
      ]);
      const lstm = parsed.layers.find(({ name }) => name === 'l');
      if (!lstm) throw new Error('there is no layer');
      const options = {
        format: 'keras-v3' as const,
        version: { major: 3 as const },
        notes: [],
        close: () => undefined,
      };
      return writeModel(parsed, { ...options, weights: new Map([[lstm, own]]) });
    };
    const lines = graph('ConvLSTM1D', [3], 3, 6, 2);
    const images = graph('ConvLSTM2D', [1, 3], 3, 1, 6, 2);
    expect(shapeOf(lines)).toEqual([-1, 3, 6, 4]);
    expect(shapeOf(images)).toEqual([-1, 3, 1, 6, 4]);
    expect(opsOf(lines)).toEqual(['ExpandDims', ...opsOf(images), 'Squeeze']);
  });

  it('leaves out what only trains', () => {
    const graph = write(
      model(
        [
          input('x', 4),
          layer('Dropout', 'd', { rate: 0.5 }, tensor('x')),
          layer('GaussianNoise', 'n', {}, tensor('d')),
        ],
        'n',
      ),
    );
    expect(opsOf(graph)).toEqual([]);
    expect(graph.signatures[0]?.outputs[0]?.ref).toEqual({ node: 'x', output: 0 });
  });

  it('keeps numbers of hard_sigmoid apart that Keras 2 and 3 have', () => {
    const config = model(
      [input('x', 4), layer('Activation', 'a', { activation: 'hard_sigmoid' }, tensor('x'))],
      'a',
    );
    expect(opsOf(write(config, 3))).toEqual(['AddV2', 'Relu6', 'Mul']);
    expect(opsOf(write(config, 2))).toEqual(['Mul', 'AddV2', 'Minimum', 'Maximum']);
  });
});

describe('functions called between layers', () => {
  it('of keras.ops: arithmetic with numbers, and picking', () => {
    const slice = (start: Json, stop: Json): Json => ({
      class_name: '__slice__',
      config: { start, stop, step: null },
    });
    const layers = [
      input('x', 8, 6),
      operation('Multiply', 'mul', {}, tensor('x'), 2),
      operation('GetItem', 'item', {}, tensor('mul'), [slice(null, null), slice(1, -1), 0]),
      operation('Mean', 'mean', { axis: -1, keepdims: true }, tensor('item')),
    ];
    const graph = write(model(layers, 'mean'));
    expect(opsOf(graph)).toEqual(['Mul', 'StridedSlice', 'Mean']);
    expect(shapeOf(graph)).toEqual([-1, 1]);
  });

  it('of TensorFlow, in the form of Keras 2', () => {
    const call = (name: string, fn: string, node: Json): Layer => ({
      class_name: 'TFOpLambda',
      name,
      config: { name, trainable: true, function: fn },
      inbound_nodes: [node],
    });
    const layers = [
      input('x', 4),
      call('a', 'math.truediv', ['_CONSTANT_VALUE', -1, 2, { y: ['x', 0, 0], name: null }]),
      call('b', 'concat', [
        ['a', 0, 0, { axis: -1 }],
        ['x', 0, 0, { axis: -1 }],
      ]),
    ];
    const graph = write(model(layers, 'b'), 2);
    expect(opsOf(graph)).toEqual(['RealDiv', 'ConcatV2']);
    expect(shapeOf(graph)).toEqual([-1, 8]);
  });

  it('names functions that it does not know', () => {
    const unknown = operation('Fft', 'f', {}, tensor('x'));
    expect(() => write(model([input('x', 4), unknown], 'f'))).toThrow(/Fft 'f'/);
  });
});

describe('calls of models in models', () => {
  const tower = (calls: Json[]): Layer => ({
    ...model([input('i', 4), layer('Activation', 'r', { activation: 'relu' }, tensor('i'))], 'r', 'tower', [
      'i',
    ]),
    name: 'tower',
    inbound_nodes: calls,
  });
  const add = (first: Json, second: Json): Layer => layer('Add', 'sum', {}, [first, second]);

  it.each([
    ['from 0, as Keras 3 does', 0],
    ['from 1, as Keras 2 does', 1],
  ])('are counted %s', (_, start) => {
    const calls = ['x', 'y'].map((name) => ({ args: [tensor(name)], kwargs: {} }));
    const layers = [
      input('x', 4),
      input('y', 4),
      tower(calls),
      add(tensor('tower', start), tensor('tower', start + 1)),
    ];
    const graph = write(model(layers, 'sum', 'm', ['x', 'y']));
    const relus = Array.from(graph.nodes.values()).filter((node) => node.op === 'Relu');
    expect(relus.map((node) => node.inputs[0]?.node)).toEqual(['x', 'y']);
  });
});

describe('masks', () => {
  const masked = layer('Masking', 'mask', { mask_value: 0 }, tensor('x'));
  const pooled = (from: string): Layer => layer('GlobalAveragePooling1D', 'pool', {}, tensor(from));

  it('go through layers that keep them, up to where they are used', () => {
    const relu = layer('Activation', 'a', { activation: 'relu' }, tensor('mask'));
    expect(opsOf(write(model([input('x', 5, 3), masked, relu, pooled('a')], 'pool')))).toContain('RealDiv');
  });

  it('end at functions', () => {
    const twice = operation('Multiply', 'a', {}, tensor('mask'), 2);
    expect(opsOf(write(model([input('x', 5, 3), masked, twice, pooled('a')], 'pool')))).not.toContain(
      'RealDiv',
    );
  });
});

describe('variables of a model in a model', () => {
  it('are taken in the order of HDF5: trainable ones first, frozen layers behind them', () => {
    const dense = (name: string, trainable: boolean): Layer => ({
      class_name: 'Dense',
      config: { name, trainable, units: 1, use_bias: false, activation: 'linear' },
    });
    const base: Layer = {
      class_name: 'Sequential',
      config: {
        name: 'base',
        layers: [
          { class_name: 'InputLayer', config: { name: 'i', batch_input_shape: [null, 1] } },
          dense('frozen', false),
          dense('free', true),
        ],
      },
    };
    const file = hdf5File(
      group(
        {
          model_weights: group({
            base: group(
              { free: dataset([1, 1], [7]), frozen: dataset([1, 1], [3]) },
              { weight_names: ['free', 'frozen'] },
            ),
          }),
        },
        {
          model_config: [JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers: [base] } })],
          keras_version: ['2.9.0'],
        },
      ),
    );
    const graph = readKerasHdf5(memorySource(file, 'm.h5'));
    const value = (name: string): number[] => {
      const constant = graph.nodes.get(name)?.attrs['value'];
      return constant?.kind === 'tensor' ? Array.from(viewAs('float32', constant.value.data.bytes())) : [];
    };
    expect(value('base/frozen/kernel')).toEqual([3]);
    expect(value('base/free/kernel')).toEqual([7]);
  });
});
