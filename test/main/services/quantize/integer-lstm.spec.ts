import { TfliteNodeRuntime } from '@main/platform/tflite-node/tflite-node-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { writeModel } from '@main/services/convert';
import { Value } from '@main/services/convert/graph/ir';
import {
  op as definition,
  type SequenceLstmAttrs,
} from '@main/services/convert/ops/unidirectional-sequence-lstm';
import type { LstmOperands } from '@main/services/convert/ops/op';
import { cellScale } from '@main/services/quantize/integer-lstm';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../../../support/runner';
import { temporaryFolder } from '../../../support/temporary-folder';
import { TinyGraph } from '../../../support/tiny-graph';
import { testLauncher } from '../../../support/worker-bundle';
import { modelOf, outputsOf, quantized } from './tiny-quantized';

const missing = prepareRunner();
const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const missing29 = await new TfliteNodeRuntime(none, appRoot).unavailable();

const LSTM = definition.quantization.lstm as LstmOperands;
const [STEPS, FEATURES, UNITS] = [12, 4, 8];
const ATTRS: SequenceLstmAttrs = {
  fused_activation_function: 4,
  cell_clip: 0,
  proj_clip: 0,
  time_major: false,
  asymmetric_quantize_inputs: false,
  diagonal_recurrent_tensors: false,
};

interface Parts {
  readonly inputGate?: boolean;
  readonly peepholes?: boolean;
  readonly projected?: number;
  readonly layerNorm?: boolean;
}

function lstm({ inputGate = true, peepholes = false, projected, layerNorm = false }: Parts): TinyGraph {
  const g = new TinyGraph();
  const outputs = projected ?? UNITS;
  const operands: (Value | null)[] = Array.from({ length: 24 }, () => null);
  operands[0] = g.input(1, STEPS, FEATURES);
  for (const gate of inputGate ? [0, 1, 2, 3] : [1, 2, 3]) {
    operands[LSTM.weights[gate] as number] = g.weights(UNITS, FEATURES);
    operands[LSTM.recurrent[gate] as number] = g.weights(UNITS, outputs);
    operands[LSTM.biases[gate] as number] = g.weights(UNITS);
    if (layerNorm) operands[LSTM.layerNorm[gate] as number] = g.weights(UNITS);
  }
  if (peepholes)
    for (const i of inputGate ? LSTM.peepholes : LSTM.peepholes.slice(1)) operands[i] = g.weights(UNITS);
  if (projected !== undefined) operands[LSTM.projection] = g.weights(projected, UNITS);
  const state = (name: string, size: number): Value => {
    const value = new Value(name, { dtype: 'float32', shape: [1, size] });
    value.isVariable = true;
    return value;
  };
  operands[LSTM.outputState] = state('h', outputs);
  operands[LSTM.cellState] = state('c', UNITS);
  return g.returns(g.op('UNIDIRECTIONAL_SEQUENCE_LSTM', { ...ATTRS }, ...operands));
}

const input = Array.from({ length: STEPS * FEATURES }, (_, i) => Math.sin(2 * i));

describe.skipIf(missing)(`LSTM on integers${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const cases: [string, Parts][] = [
    ['plain', {}],
    ['without an input gate', { inputGate: false }],
    ['with peepholes', { peepholes: true }],
    ['with a projection', { projected: 5 }],
    ['with all of it', { peepholes: true, projected: 5 }],
  ];
  it.each(cases)('%s', async (_, parts) => {
    const g = lstm(parts);
    const [expected = []] = await outputsOf(modelOf(g.graph), input);
    const [output] = g.graph.outputs as [Value];
    const range = { min: Math.min(...expected), max: Math.max(...expected) };
    const { model, report } = quantized(g.graph, {}, new Map([[output, range]]));
    expect(report.floatOperators).toEqual([]);
    const [made = []] = await outputsOf(model, input);
    const error = Math.sqrt(made.reduce((sum, x, i) => sum + (x - (expected[i] ?? 0)) ** 2, 0) / made.length);
    // Some steps of 1 / 255 of the range, fed back; a wrong scale anywhere gives a good part of the range.
    expect(error).toBeLessThan(0.02 * (range.max - range.min));
    expect(made.some((x) => x !== made[0])).toBe(true);
  });

  it.skipIf(missing29)(
    `gives the same on TFLite 2.9${missing29 ? ` (skipped: ${missing29})` : ''}`,
    async () => {
      const g = lstm({});
      const [expected = []] = await outputsOf(modelOf(g.graph), input);
      const { model } = quantized(g.graph, { targetRuntime: '2.9' });
      const path = join(temporaryFolder(), 'lstm.tflite');
      await writeModel(model, path);
      const { outputs } = await new TfliteNodeRuntime(await testLauncher(), appRoot).run({
        modelPath: path,
        inputs: { x0: { dtype: 'float32', shape: [1, 1, STEPS, FEATURES], data: Float32Array.from(input) } },
      });
      const made = Array.from(Object.values(outputs)[0]?.data as Float32Array);
      const error = made.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? 0))), 0);
      expect(error).toBeLessThan(0.1);
    },
  );

  it('stays float where the integer kernel cannot do it, and says why', async () => {
    const g = lstm({ layerNorm: true });
    const sum = g.op(
      'ADD',
      { fused_activation_function: 0, pot_scale_int16: true },
      g.graph.outputs[0] as Value,
      g.weights(UNITS),
    );
    g.returns(sum);
    const kept = (precision: 'int8' | 'int16x8') =>
      quantized(g.graph, { precision }).report.floatOperators.map(({ type, why }) => `${type}: ${why}`);
    expect(kept('int8')).toEqual([
      'UNIDIRECTIONAL_SEQUENCE_LSTM: calibration cannot see inside of its layer normalization',
    ]);
    expect(kept('int16x8')).toEqual([
      'UNIDIRECTIONAL_SEQUENCE_LSTM: TFLite has no kernel with 16-bit activations for it',
    ]);
    const { model } = quantized(g.graph, {});
    expect(await outputsOf(model, input)).toHaveLength(1);
  });
});

it('the scale of a cell is a power of two that holds what calibration saw and more, and no more than the steps can make', () => {
  const [op] = lstm({}).graph.ops;
  if (!op) throw new Error('no layer');
  expect(cellScale(op, undefined)).toBe(2 ** (4 - 15));
  expect(cellScale(op, { min: -1.5, max: 0.5 })).toBe(2 ** (3 - 15));
  expect(cellScale(op, { min: -0.1, max: 0.2 })).toBe(2 ** -15);
  op.attrs = { ...op.attrs, cell_clip: 2 };
  expect(cellScale(op, { min: -90, max: 9 })).toBe(2 ** (1 - 15));
});
