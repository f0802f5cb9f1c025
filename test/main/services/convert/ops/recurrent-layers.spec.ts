import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { writeModel } from '@main/services/convert';
import type { Value } from '@main/services/convert/graph/ir';
import { verifyModel } from '@main/services/convert/graph/verify';
import { RNN_GATES, type RnnOp } from '@main/services/convert/source/rnn';
import { runPlainLayer, type PlainLayer } from '@test/support/keras-cells';
import { seededRandom } from '@test/support/random';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { arrayOf, attr, oneSample, TinyLowering } from '@test/support/tiny-lowering';

const missing = prepareRunner();
const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

const [BATCH, STEPS, FEATURES, UNITS] = [2, 5, 3, 4];

interface Variant {
  readonly op: RnnOp;
  /** Flags of the node, by attribute. */
  readonly flags?: readonly string[];
  readonly dynamic?: boolean;
  /** The operator that the layer has to become. */
  readonly by: string;
}

const random = seededRandom(11);
const numbers = (count: number): number[] => Array.from({ length: count }, () => random() * 2 - 1);

/** Lowers a layer, runs it, and gives the greatest difference from the plain loops over all its outputs. */
async function difference({ op, flags = [], dynamic = false, by }: Variant): Promise<number> {
  const has = (flag: string): boolean => flags.includes(flag);
  const width = RNN_GATES[op] * UNITS;
  const mask = has('has_mask') ? [true, false, true, true, false, false, true, true, false, true] : undefined;
  const states = has('has_state') ? [numbers(BATCH * UNITS), numbers(BATCH * UNITS)] : undefined;
  const layer: PlainLayer = {
    op,
    batch: BATCH,
    steps: STEPS,
    features: FEATURES,
    units: UNITS,
    x: numbers(BATCH * STEPS * FEATURES),
    kernel: numbers(FEATURES * width),
    recurrent: numbers(UNITS * width),
    bias: has('use_bias') ? numbers(has('reset_after') ? 2 * width : width) : [],
    goBackwards: has('go_backwards'),
    resetAfter: has('reset_after'),
    ...(states ? { states } : {}),
    ...(mask ? { mask } : {}),
  };
  const swap = has('time_major');
  const ordered = (shape: readonly number[]): number[] =>
    (swap ? [shape[1], shape[0], ...shape.slice(2)] : [...shape]) as number[];
  const g = new TinyLowering();
  const batch = dynamic ? -1 : BATCH;
  const inputs = [g.input('float32', ...ordered([batch, STEPS, FEATURES]))];
  const operands = [
    ...inputs,
    g.floats(layer.kernel, [FEATURES, width]),
    g.floats(layer.recurrent, [UNITS, width]),
  ];
  if (has('use_bias')) operands.push(g.floats(layer.bias, has('reset_after') ? [2, width] : [width]));
  const feeds: Record<string, readonly [Value, number[]]> = {
    x0: [inputs[0] as Value, swapped(layer.x, [BATCH, STEPS, FEATURES], swap)],
  };
  const feed = (value: Value, data: number[]): void => {
    feeds[`x${Object.keys(feeds).length}`] = [value, data];
    operands.push(value);
  };
  for (const state of states?.slice(0, op === '_Lstm' ? 2 : 1) ?? [])
    feed(g.input('float32', batch, UNITS), state);
  if (mask)
    feed(g.input('bool', ...ordered([batch, STEPS])), swapped(mask.map(Number), [BATCH, STEPS, 1], swap));
  const outputs = g.all(op, operands, Object.fromEntries(flags.map((flag) => [flag, attr.bool(true)])));
  const model = g.model(outputs);
  expect(verifyModel(model)).toEqual([]);
  expect(Array.from(g.graph.ops, ({ type }) => type)).toContain(by);
  const file = join(temporaryFolder(), 'model.tflite');
  await writeModel(model, file);
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, [value, data]]) => [
      name,
      oneSample(
        value.dtype,
        value.shape.map((dim) => (dim < 0 ? BATCH : dim)),
        arrayOf(value.dtype, data),
      ),
    ]),
  );
  const { outputs: results } = await runtime.run({ modelPath: file, inputs: tensors, xnnpack: false });
  const plain = runPlainLayer(layer);
  const expected = [
    has('return_sequences')
      ? swapped(plain.sequence, [BATCH, STEPS, UNITS], swap)
      : lastOutputs(plain.sequence),
    ...(has('return_state') ? plain.states : []),
  ];
  expect(outputs.length).toBe(expected.length);
  return Math.max(
    ...expected.flatMap((values, k) =>
      values.map((value, i) => Math.abs(value - Number(results[`y${k}`]?.data[i]))),
    ),
  );
}

/** Elements of [a, b, c] in the order of [b, a, c]. */
function swapped(
  values: readonly number[],
  [a = 0, b = 0, c = 0]: readonly number[],
  swap: boolean,
): number[] {
  if (!swap) return [...values];
  return Array.from({ length: b }, (_, j) =>
    Array.from({ length: a }, (_, i) => values.slice((i * b + j) * c, (i * b + j + 1) * c)).flat(),
  ).flat();
}

const lastOutputs = (sequence: readonly number[]): number[] =>
  Array.from({ length: BATCH }, (_, b) =>
    sequence.slice((b * STEPS + STEPS - 1) * UNITS, (b * STEPS + STEPS) * UNITS),
  ).flat();

describe.skipIf(missing)(
  `recurrent layers in TensorFlow Lite${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    const fused = 'UNIDIRECTIONAL_SEQUENCE_LSTM';
    it.each<Variant>([
      { op: '_Lstm', by: fused, flags: ['use_bias'] },
      { op: '_Lstm', by: fused, flags: ['use_bias', 'return_sequences', 'go_backwards'] },
      { op: '_Lstm', by: fused, flags: ['return_sequences', 'time_major'] },
      { op: '_Lstm', by: 'WHILE', flags: ['use_bias'], dynamic: true },
      { op: '_Lstm', by: 'WHILE', flags: ['use_bias', 'return_sequences', 'return_state'] },
      { op: '_Lstm', by: 'WHILE', flags: ['use_bias', 'return_sequences', 'time_major'], dynamic: true },
      {
        op: '_Lstm',
        by: 'WHILE',
        flags: ['use_bias', 'return_sequences', 'has_state', 'return_state'],
        dynamic: true,
      },
      { op: '_Lstm', by: 'WHILE', flags: ['use_bias', 'return_sequences', 'has_mask', 'return_state'] },
      { op: '_Lstm', by: 'WHILE', flags: ['use_bias', 'has_mask', 'go_backwards'], dynamic: true },
      {
        op: '_Lstm',
        by: 'WHILE',
        flags: ['use_bias', 'has_mask', 'has_state', 'return_sequences', 'time_major'],
      },
      { op: '_Lstm', by: 'UNPACK', flags: ['use_bias', 'unroll', 'return_sequences'], dynamic: true },
      { op: '_Gru', by: 'WHILE', flags: ['use_bias', 'reset_after', 'return_sequences'] },
      { op: '_Gru', by: 'WHILE', flags: ['use_bias', 'reset_after', 'go_backwards'], dynamic: true },
      { op: '_Gru', by: 'WHILE', flags: ['use_bias', 'return_sequences', 'return_state'], dynamic: true },
      { op: '_Gru', by: 'WHILE', flags: ['reset_after', 'has_state', 'has_mask', 'return_state'] },
      { op: '_Gru', by: 'UNPACK', flags: ['use_bias', 'reset_after', 'unroll'] },
      { op: '_SimpleRnn', by: 'WHILE', flags: ['use_bias', 'return_sequences'] },
      { op: '_SimpleRnn', by: 'WHILE', flags: ['has_state', 'return_state', 'time_major'], dynamic: true },
      { op: '_SimpleRnn', by: 'UNPACK', flags: ['use_bias', 'unroll', 'return_sequences', 'time_major'] },
    ])('$op $flags dynamic: $dynamic is $by', async (variant) => {
      expect(await difference(variant)).toBeLessThan(2e-6);
    });
  },
);
