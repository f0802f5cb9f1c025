import { join } from 'node:path';
import { TfliteNodeRuntime } from '@main/platform/tflite-node/tflite-node-runtime';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { writeModel, type Model, type Value } from '@main/services/convert';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import type { Range } from '@main/services/quantize';
import { beforeAll, describe, expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../../../support/runner';
import { temporaryFolder } from '../../../support/temporary-folder';
import { TinyGraph } from '../../../support/tiny-graph';
import { testLauncher } from '../../../support/worker-bundle';
import { modelOf, outputsOf, quantized } from './tiny-quantized';

/*
 * What TensorFlow 2.21's and ai-edge-quantizer 0.10's quantizers get wrong on these graphs, with what is right instead, run on
 * the runtimes at hand. Each is a fault that no message gives away.
 */

const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const missing = prepareRunner() ?? (await new TfliteNodeRuntime(none, appRoot).unavailable());

const PLAIN = { fused_activation_function: 0, pot_scale_int16: true };
const RELU6 = { ...PLAIN, fused_activation_function: 3 };
const INPUTS = 64;
const OUTPUTS = 32;

let old: TfliteRuntime;
beforeAll(async () => {
  if (missing === undefined) old = new TfliteNodeRuntime(await testLauncher(), appRoot);
});
const current: TfliteRuntime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

const input = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1));

/** The first output on a runtime. */
async function run(runtime: TfliteRuntime, model: Model, x: readonly number[]): Promise<number[]> {
  const path = join(temporaryFolder(), 'model.tflite');
  await writeModel(model, path);
  const [port] = model.signatures[0]?.inputs ?? [];
  if (!port) throw new Error('no input');
  const { outputs } = await runtime.run({
    modelPath: path,
    inputs: {
      [port.name]: { dtype: 'float32', shape: [1, ...port.value.shape], data: Float32Array.from(x) },
    },
    xnnpack: false,
  });
  return Array.from(Object.values(outputs)[0]?.data as Float32Array);
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);

/** A dense layer whose outputs go from about -200 to 200, and their range. */
function dense(): { graph: TinyGraph; output: Value } {
  const graph = new TinyGraph();
  const weights = graph.floats(
    Array.from({ length: OUTPUTS * INPUTS }, (_, i) => 10 * Math.sin(7 * i) * (1 + (i % 3))),
    [OUTPUTS, INPUTS],
  );
  const output = graph.op(
    'FULLY_CONNECTED',
    PLAIN_DENSE,
    graph.input(1, INPUTS),
    weights,
    graph.weights(OUTPUTS),
  );
  graph.returns(output);
  return { graph, output };
}

async function denseOn(
  runtime: TfliteRuntime,
  precision: 'int8' | 'dynamic',
  targetRuntime: string,
): Promise<{ error: number; range: number; outputs: number[]; minRuntime: string }> {
  const { graph, output } = dense();
  const x = input(INPUTS);
  const [expected = []] = await outputsOf(modelOf(graph.graph), x);
  const range: Range = { min: Math.min(...expected), max: Math.max(...expected) };
  const { model } = quantized(graph.graph, { precision, targetRuntime }, new Map([[output, range]]));
  const { minRuntimeVersion } = await writeModel(model, join(temporaryFolder(), 'dense.tflite'));
  const outputs = await run(runtime, model, x);
  return {
    error: farthest(outputs, expected),
    range: range.max - range.min,
    outputs,
    minRuntime: minRuntimeVersion,
  };
}

describe.skipIf(missing)(`faults of the reference${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('int8 dense layers are right on TFLite 2.9 when they are made for it; per channel it answers a constant', async () => {
    const made = await denseOn(old, 'int8', '2.9');
    expect(made.error).toBeLessThan(0.03 * made.range);
    expect(made.minRuntime).toBe('1.14.0');
    expect((await denseOn(current, 'int8', '2.9')).error).toBeLessThan(0.03 * made.range);
    // What TensorFlow makes of it: 2.9 loads it and says nothing. Ours says in the file that it takes 2.11.
    const newer = await denseOn(old, 'int8', '2.21');
    expect(new Set(newer.outputs).size).toBe(1);
    expect(newer.minRuntime).toBe('2.11.0');
    expect((await denseOn(current, 'int8', '2.21')).error).toBeLessThan(0.03 * made.range);
  });

  it('dense layers of dynamic range run on TFLite 2.9 when they are made for it, and are refused there otherwise', async () => {
    const made = await denseOn(old, 'dynamic', '2.9');
    expect(made.error).toBeLessThan(0.03 * made.range);
    expect((await denseOn(current, 'dynamic', '2.9')).error).toBeLessThan(0.03 * made.range);
    // ai-edge-quantizer calls it version 1, so that 2.9 loads it and answers -2 where -210 is right.
    await expect(denseOn(old, 'dynamic', '2.21')).rejects.toMatchObject({ code: 'runtime.failed' });
    const newer = await denseOn(current, 'dynamic', '2.21');
    expect(newer.error).toBeLessThan(0.03 * newer.range);
    expect(newer.minRuntime).toBe('2.17.0');
  });

  it('REVERSE_V2 copies codes, so that what goes in and out has one scale', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 16);
    const six = g.op('ADD', RELU6, x, g.weights(16));
    const reversed = g.op('REVERSE_V2', {}, six, g.ints([1]));
    g.returns(g.op('ADD', PLAIN, reversed, g.floats(Array.from({ length: 16 }, (_, i) => i - 8))));
    const values = input(16).map((v) => 4 * v);
    const [expected = []] = await outputsOf(modelOf(g.graph), values);
    const wide = { min: -14, max: 14 };
    const { model } = quantized(
      g.graph,
      { targetRuntime: '2.9' },
      new Map([
        [x, { min: -4, max: 4 }],
        [six, { min: 0, max: 6 }],
        [reversed, wide],
        [g.graph.outputs[0] as Value, wide],
      ]),
    );
    for (const runtime of [old, current])
      expect(farthest(await run(runtime, model, values), expected)).toBeLessThan(0.3);
  });

  it('PADV2 has its pad value in the type of the rest with 16 bits, so that the file loads', async () => {
    const g = new TinyGraph();
    const doubled = g.op('ADD', PLAIN, g.input(1, 2, 2, 1), g.weights(1));
    g.returns(g.op('PADV2', {}, doubled, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]), g.scalar(-0.75)));
    const values = [0.1, 0.2, 0.3, 0.4];
    const [expected = []] = await outputsOf(modelOf(g.graph), values);
    for (const precision of ['int8', 'int16x8'] as const) {
      const { model } = quantized(g.graph, { precision });
      expect(farthest(await run(current, model, values), expected)).toBeLessThan(
        precision === 'int8' ? 0.02 : 1e-4,
      );
    }
  });

  it('a RELU6 keeps its steps although it is also packed with something wider', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 32);
    const six = g.op('ADD', RELU6, x, g.weights(32));
    const wide = g.op('MUL', PLAIN, x, g.scalar(5));
    const packed = g.op('PACK', { axis: 0, values_count: 2 }, six, wide);
    const read = g.op('MUL', PLAIN, six, g.scalar(1));
    g.returns(read, packed);
    const values = input(32).map((v) => 3 + 3 * v);
    const [expected = []] = await outputsOf(modelOf(g.graph), values);
    const far = { min: -13, max: 30 };
    const { model } = quantized(
      g.graph,
      {},
      new Map([
        [x, { min: 0, max: 6 }],
        [six, { min: 0, max: 6 }],
        [read, { min: 0, max: 6 }],
        [wide, far],
        [packed, far],
      ]),
    );
    // Two steps of 6 / 255 and the input's; at the wider scale one step alone is 0.17.
    expect(farthest(await run(current, model, values), expected)).toBeLessThan(0.06);
  });

  it('a RELU6 of next to nothing still loads everywhere, and small weights are stored in 8 bits', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 4, 4, 2);
    const tiny = g.op(
      'CONV_2D',
      {
        padding: 0,
        stride_w: 1,
        stride_h: 1,
        fused_activation_function: 3,
        dilation_w_factor: 1,
        dilation_h_factor: 1,
        quantized_bias_type: 0,
      },
      x,
      g.floats(
        Array.from({ length: 8 * 3 * 3 * 2 }, (_, i) => 1e-11 * (i % 7)),
        [8, 3, 3, 2],
      ),
      g.floats([0, 0, 0, 0, 0, 0, 0, 0]),
    );
    g.returns(tiny);
    const { model } = quantized(g.graph, { targetRuntime: '2.9' }, new Map([[tiny, { min: 0, max: 1e-10 }]]));
    for (const runtime of [old, current]) expect(await run(runtime, model, input(32))).toHaveLength(128);
    const dynamic = quantized(g.graph, { precision: 'dynamic', targetRuntime: '2.9' });
    const types = [...(dynamic.model.graphs[0]?.ops ?? [])].map((op) => op.inputs[1]?.dtype);
    expect(types).toEqual(['int8']);
    expect(await run(old, dynamic.model, input(32))).toHaveLength(128);
  });
});
