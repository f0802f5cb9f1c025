import { constantTensor } from '@main/services/convert/graph/constant';
import { modelBytes } from '@main/services/convert';
import type { Op } from '@main/services/convert/graph/ir';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { quantizationProblems, quantizeModel } from '@main/services/quantize';
import { describe, expect, it } from 'vitest';
import { prepareRunner } from '../../../support/runner';
import { TinyGraph } from '../../../support/tiny-graph';
import { modelOf, outputsOf, quantized, recipe } from './tiny-quantized';

const missing = prepareRunner();
const PLAIN = { fused_activation_function: 0, pot_scale_int16: true };
const RELU6 = { fused_activation_function: 3 };

const opOf = (ops: Iterable<Op>, type: string): Op => {
  const found = [...ops].find((op) => op.type === type);
  if (!found) throw new Error(`no ${type}`);
  return found;
};

const dense = (outputs = 8, inputs = 16): TinyGraph => {
  const g = new TinyGraph();
  return g.returns(
    g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(1, inputs), g.weights(outputs, inputs), g.weights(outputs)),
  );
};

describe('scales', () => {
  it('moves bytes at one scale: REVERSE_V2, which TensorFlow 2.21 gets wrong', () => {
    const g = new TinyGraph();
    const sum = g.op('ADD', PLAIN, g.input(1, 4), g.weights(4));
    const reversed = g.op('REVERSE_V2', {}, sum, g.ints([1]));
    g.returns(g.op('ADD', PLAIN, reversed, g.weights(4)));
    const { model } = quantized(g.graph, {}, new Map([[sum, { min: -3, max: 3 }]]));
    const op = opOf(model.graphs[0]?.ops ?? [], 'REVERSE_V2');
    expect(op.input(0).quantization).toEqual(op.output().quantization);
  });

  it.skipIf(missing)('gives PADV2 a pad value of its own type in 16 bits', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 2, 2, 1);
    const doubled = g.op('ADD', PLAIN, x, x);
    g.returns(g.op('PADV2', {}, doubled, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]), g.scalar(0.5)));
    const { model } = quantized(g.graph, { precision: 'int16x8' });
    const [output] = await outputsOf(model, [0.1, 0.2, 0.3, 0.4]);
    expect(output?.[0]).toBeCloseTo(0.5, 3);
    expect(output?.[5]).toBeCloseTo(0.2, 3);
  });

  it('does not widen a tensor that others rely on to join it with a wider one', () => {
    const g = new TinyGraph();
    const x = g.input(1, 2, 2, 4);
    const six = g.op('ADD', RELU6, x, g.weights(4));
    const wide = g.op('ADD', PLAIN, x, x);
    const packed = g.op('PACK', { axis: 0, values_count: 2 }, six, wide);
    const used = g.op('ADD', PLAIN, six, g.weights(4));
    const ranges = new Map([
      [six, { min: 0, max: 6 }],
      [wide, { min: -13, max: 13 }],
      [packed, { min: -13, max: 13 }],
      [used, { min: -1, max: 7 }],
    ]);
    g.returns(g.op('ADD', PLAIN, packed, packed), used);
    const { model } = quantized(g.graph, {}, ranges);
    const add = [...(model.graphs[0]?.ops ?? [])].find(
      (op) => op.output().shape.length === 4 && op.name === 'add',
    );
    expect(add?.output().quantization?.scale[0]).toBeCloseTo(6 / 255, 6);
    expect(quantizationProblems(model)).toEqual([]);
  });

  it.skipIf(missing)('keeps the scale of a constant range above what RELU6 takes', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 4);
    const flat = g.op('ADD', RELU6, x, x);
    g.returns(g.op('ADD', RELU6, flat, flat));
    const ranges = new Map([...g.graph.ops].map((op) => [op.output(), { min: 0, max: 0 }]));
    const { model, report } = quantized(g.graph, {}, ranges);
    expect(await outputsOf(model, [0, 0, 0, 0])).toHaveLength(1);
    expect(report.warnings.join()).toContain('did not change');
  });

  it('clips at the range that comes out of a clamp', () => {
    const g = new TinyGraph();
    const sum = g.op('ADD', PLAIN, g.input(1, 4), g.weights(4));
    const clamped = g.op('MINIMUM', {}, sum, g.scalar(1e6));
    g.returns(g.op('ADD', PLAIN, clamped, g.weights(4)));
    const { model } = quantized(g.graph, {});
    const op = opOf(model.graphs[0]?.ops ?? [], 'MINIMUM');
    expect(op.output().quantization?.scale[0]).toBeCloseTo(2 / 255, 6);
  });
});

describe('target runtimes', () => {
  const scales = (target: string, precision: 'int8' | 'dynamic'): number => {
    const { model } = quantized(dense().graph, { precision, targetRuntime: target });
    const op = opOf(model.graphs[0]?.ops ?? [], 'FULLY_CONNECTED');
    return op.input(1).quantization?.scale.length ?? 0;
  };

  it('scales dense weights per channel only where the runtime is right with it', () => {
    expect([scales('2.9', 'int8'), scales('2.11', 'int8')]).toEqual([1, 8]);
    expect([scales('2.16', 'dynamic'), scales('2.17', 'dynamic')]).toEqual([1, 8]);
  });

  it('keeps an operator float whose integer kernel is newer than the target', () => {
    const g = new TinyGraph();
    const sum = g.op('ADD', PLAIN, g.input(1, 4), g.weights(4));
    g.returns(g.op('EXP', {}, sum));
    const old = quantized(g.graph, { targetRuntime: '2.9' });
    expect(old.report.floatOperators).toEqual([
      { name: 'exp', type: 'EXP', why: 'its integer kernel needs TFLite 2.12.0' },
    ]);
    expect(quantized(g.graph, { targetRuntime: '2.12' }).report.floatOperators).toEqual([]);
  });

  it('refuses an operator that the target does not have at all, by name', () => {
    const g = new TinyGraph();
    g.returns(g.op('GELU', { approximate: false }, g.input(1, 4)));
    expect(() => quantized(g.graph, { precision: 'float16', targetRuntime: '2.4' })).toThrow(
      /2\.4 cannot run GELU 'gelu': it takes 2\./,
    );
  });
});

describe('faults', () => {
  it.skipIf(missing)('takes weights with NaN, infinities, denormals and zeros', async () => {
    const values = [NaN, Infinity, -Infinity, 1e-42, 0, 0, 0, 0, 1, -1, 0.5, 0.25];
    for (const precision of ['int8', 'dynamic', 'int16x8', 'float16'] as const) {
      const g = new TinyGraph();
      const weights = g.floats([...values, ...Array.from({ length: 52 }, () => 1e-43)], [16, 4]);
      g.returns(g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(1, 4), weights, g.weights(16)));
      const { model, report } = quantized(g.graph, { precision });
      expect(report.warnings.join()).toContain("NaN or infinity: 'c'");
      expect(await outputsOf(model, [0.5, 0.5, 0.5, 0.5])).toHaveLength(1);
      if (precision !== 'int8') continue;
      const codes = constantTensor(opOf(model.graphs[0]?.ops ?? [], 'FULLY_CONNECTED').input(1));
      expect(codes?.data.slice(0, 3)).toEqual(Int8Array.of(0, 127, -127));
    }
  });

  it('refuses to quantize codes again', () => {
    const { model } = quantized(dense().graph, {});
    expect(() => quantizeModel(model, recipe({ precision: 'dynamic' }))).toThrow(/quantized already/);
  });

  it('names a tensor without a usable range', () => {
    const { graph } = dense();
    expect(() => quantizeModel(modelOf(graph), recipe({}))).toThrow(/Tensor '\w+' has no calibrated range/);
    expect(() => quantizeModel(modelOf(graph), recipe({}), () => ({ min: NaN, max: NaN }))).toThrow(
      /Tensor '\w+' took values that are not finite/,
    );
  });
});

it('gives the same bytes for the same recipe, model and ranges', async () => {
  for (const precision of ['int8', 'dynamic', 'int16x8', 'float16'] as const) {
    const bytes = () => modelBytes(quantized(dense().graph, { precision }).model);
    expect(await bytes()).toEqual(await bytes());
  }
});

it('keeps the layers that a recipe names in float', () => {
  const g = new TinyGraph();
  const first = g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(1, 16), g.weights(16, 16), null);
  g.returns(g.op('FULLY_CONNECTED', PLAIN_DENSE, first, g.weights(16, 16), null));
  const [one] = g.graph.ops;
  if (one) one.name = 'block/first';
  const { model, report } = quantized(g.graph, { overrides: [{ name: '*first', precision: 'float32' }] });
  expect(report.floatOperators).toEqual([
    { name: 'block/first', type: 'FULLY_CONNECTED', why: 'the recipe keeps it' },
  ]);
  expect([...(model.graphs[0]?.ops ?? [])].map(({ type }) => type).sort()).toEqual([
    'DEQUANTIZE',
    'FULLY_CONNECTED',
    'FULLY_CONNECTED',
    'QUANTIZE',
  ]);
});

describe('models trained to be quantized', () => {
  const fake = (min: number, max: number) => ({ min, max, num_bits: 8, narrow_range: false });
  const trained = (): TinyGraph => {
    const g = new TinyGraph();
    const x = g.op('FAKE_QUANT', fake(-1, 1), g.input(1, 4));
    const relu = g.op('ADD', { ...PLAIN, fused_activation_function: 1 }, x, g.weights(4));
    const flat = g.op('RESHAPE', {}, relu, g.ints([4, 1]));
    const y = g.op('FAKE_QUANT', fake(0, 0.75), flat);
    return g.returns(g.op('FAKE_QUANT', fake(-2, 2), g.op('MUL', PLAIN, y, g.weights(1))));
  };

  it('takes their ranges instead of calibrated ones, in the steps that they were trained with', () => {
    const { model, report } = quantized(trained().graph, {}, new Map());
    expect(report.floatOperators).toEqual([]);
    const ops = [...(model.graphs[0]?.ops ?? [])];
    expect(ops.map(({ type }) => type).sort()).toEqual(['ADD', 'DEQUANTIZE', 'MUL', 'QUANTIZE', 'RESHAPE']);
    const scaleOf = (type: string) => opOf(ops, type).output().quantization;
    // The operator moves -1..1 by half a step, so that 0 is one of the steps.
    expect(scaleOf('QUANTIZE')).toMatchObject({ scale: [Math.fround(2 / 255)], zeroPoint: [-1] });
    for (const type of ['ADD', 'RESHAPE'])
      expect(scaleOf(type)).toMatchObject({ scale: [Math.fround(0.75 / 255)], zeroPoint: [-128] });
    expect(scaleOf('MUL')).toMatchObject({ scale: [Math.fround(4 / 255)], zeroPoint: [-1] });
  });

  it.skipIf(missing)(
    'gives what the float model with its rounding gives, and keeps that in float',
    async () => {
      const values = [0.11, -0.42, 0.73, 0.3];
      const { graph } = trained();
      const [expected = []] = await outputsOf(modelOf(graph), values);
      const [made = []] = await outputsOf(quantized(graph, {}).model, values);
      // ADD rounds its constant, too: one step of 4 / 255 at most.
      for (const [i, x] of made.entries()) expect(Math.abs(x - (expected[i] ?? NaN))).toBeLessThan(0.016);
      const { model } = quantized(graph, { precision: 'float16' });
      expect([...(model.graphs[0]?.ops ?? [])].filter(({ type }) => type === 'FAKE_QUANT')).toHaveLength(3);
    },
  );
});

describe.skipIf(missing)('several precisions in one model', () => {
  const build = (): TinyGraph => {
    const g = new TinyGraph();
    const first = g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(1, 16), g.weights(16, 16), g.weights(16));
    const second = g.op('FULLY_CONNECTED', PLAIN_DENSE, first, g.weights(16, 16), g.weights(16));
    const third = g.op('FULLY_CONNECTED', PLAIN_DENSE, second, g.weights(8, 16), null);
    const sum = g.op('ADD', PLAIN, third, g.weights(8));
    g.returns(g.op('TANH', {}, sum));
    for (const [i, op] of [...g.graph.ops].entries()) op.name = `layer${i}/${op.name}`;
    return g;
  };
  const values = Array.from({ length: 16 }, (_, i) => Math.cos(i) / 4);
  const wide = (g: TinyGraph) =>
    new Map([...g.graph.ops].slice(0, 4).map((op) => [op.output(), { min: -8, max: 8 }]));

  it.each([
    ['int8 with a layer in 16 bits', 'int8', 'int16x8'],
    ['int8 with a layer in float', 'int8', 'float32'],
    ['16 bits with a layer in int8', 'int16x8', 'int8'],
    ['float16 with a layer in int8', 'float16', 'int8'],
    ['int8 with a layer of dynamic range', 'int8', 'dynamic'],
  ] as const)('%s, by name, and the sum in float by type', async (_, precision, other) => {
    const g = build();
    const overrides = [
      { name: 'layer1/*', precision: other },
      { type: 'ADD', precision: 'float32' as const },
    ];
    const { model, report } = quantized(g.graph, { precision, overrides }, wide(g));
    const ops = [...(model.graphs[0]?.ops ?? [])];
    const typesOf = (name: string): (string | undefined)[] => {
      const op = ops.find((each) => each.name.startsWith(name));
      return [op?.inputs[0]?.dtype, op?.inputs[1]?.dtype];
    };
    const TYPES = {
      int8: ['int8', 'int8'],
      int16x8: ['int16', 'int8'],
      dynamic: ['float32', 'int8'],
      float32: ['float32', 'float32'],
      float16: ['float32', 'float32'],
    };
    expect(typesOf('layer1/')).toEqual(TYPES[other]);
    for (const name of ['layer0/', 'layer2/']) expect(typesOf(name)).toEqual(TYPES[precision]);
    expect(typesOf('layer3/')[0]).toBe('float32');
    expect(report.floatOperators.map(({ type }) => type)).not.toContain('QUANTIZE');
    const [expected = []] = await outputsOf(modelOf(g.graph), values);
    const [made = []] = await outputsOf(model, values);
    for (const [i, y] of made.entries()) expect(Math.abs(y - (expected[i] ?? NaN))).toBeLessThan(0.12);
  });

  it('lets the later override win', () => {
    const g = build();
    const overrides = [
      { type: 'FULLY_CONNECTED', precision: 'float32' as const },
      { name: '*2/*', precision: 'int8' as const },
    ];
    const { report } = quantized(g.graph, { overrides }, wide(g));
    expect(report.floatOperators.map(({ name }) => name.slice(0, 6))).toEqual(['layer0', 'layer1']);
  });
});
