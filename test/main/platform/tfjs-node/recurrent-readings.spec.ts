import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '@main/platform/tfjs-node/backend';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import { loadSignature } from '@main/platform/tfjs-node/saved-model';
import { dataOf } from '@main/services/convert/graph/constant';
import { writeSavedModel } from '@main/services/convert/saved-model';
import type { SourceNode, SourcePort } from '@main/services/convert/source';
import { RNN_GATES, type RnnOp } from '@main/services/convert/source/rnn';
import { runPlainLayer, type PlainLayer } from '@test/support/keras-cells';
import { seededRandom } from '@test/support/random';
import { appRoot } from '@test/support/runner';
import { floatConst, node, ref, sourceGraph } from '@test/support/source-graph';
import { temporaryFolder } from '@test/support/temporary-folder';

// TensorFlow tells of every model that it loads.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';

const unused = {
  start(): never {
    throw new Error('layers are run in this process');
  },
};
const missing = await new TfjsNodeRuntime(unused, appRoot).unavailable();

const [BATCH, STEPS, FEATURES, UNITS] = [2, 5, 3, 4];
const MASK = [true, false, true, true, false, false, true, true, false, true];
const random = seededRandom(7);
const numbers = (count: number): number[] => Array.from({ length: count }, () => random() * 2 - 1);

/** What TensorFlow answers for the layer as it is written, beside what plain loops give; output by output. */
async function answers(
  op: RnnOp,
  flags: readonly string[],
): Promise<[actual: number[], expected: number[]][]> {
  const has = (flag: string): boolean => flags.includes(flag);
  const width = RNN_GATES[op] * UNITS;
  const stateCount = op === '_Lstm' ? 2 : 1;
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
    ...(has('has_state') ? { states: [numbers(BATCH * UNITS), numbers(BATCH * UNITS)] } : {}),
    ...(has('has_mask') ? { mask: MASK } : {}),
  };
  const list: SourceNode[] = [
    node('x', 'Placeholder'),
    floatConst('kernel', [FEATURES, width], layer.kernel),
    floatConst('recurrent', [UNITS, width], layer.recurrent),
  ];
  const operands = ['x', 'kernel', 'recurrent'];
  const constant = (name: string, shape: readonly number[], values: readonly number[]): void => {
    list.push(floatConst(name, shape, values));
    operands.push(name);
  };
  if (has('use_bias')) constant('bias', has('reset_after') ? [2, width] : [width], layer.bias);
  for (const [i, state] of (layer.states ?? []).slice(0, stateCount).entries())
    constant(`state${i}`, [BATCH, UNITS], state);
  if (layer.mask) {
    const data = dataOf(Uint8Array.from(MASK, Number));
    const tensor = { dtype: 'bool', shape: [BATCH, STEPS], data } as const;
    list.push(node('mask', 'Const', [], { value: { kind: 'tensor', value: tensor } }));
    operands.push('mask');
  }
  const attrs = Object.fromEntries(flags.map((flag) => [flag, { kind: 'bool', value: true } as const]));
  list.push(node('layer', op, operands, { ...attrs, units: { kind: 'int', value: UNITS } }));
  const typed = list.map((each): SourceNode => {
    const value = each.attrs['value'];
    return value?.kind === 'tensor'
      ? { ...each, attrs: { ...each.attrs, dtype: { kind: 'dtype', value: value.value.dtype } } }
      : each;
  });
  const count = has('return_state') ? 1 + stateCount : 1;
  const ports = Array.from({ length: count }, (_, i): SourcePort => ({
    name: `y${i}`,
    dtype: 'float32',
    shape: undefined,
    ref: ref('layer', i),
  }));
  const x: SourcePort = { name: 'x', dtype: 'float32', shape: [-1, -1, FEATURES], ref: ref('x') };
  const source = sourceGraph({ list: typed, signatures: [{ key: 'k', inputs: [x], outputs: ports }] });

  const folder = temporaryFolder();
  const { signature, inputs, outputs } = writeSavedModel(source, 'k', (path, bytes) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    appendFileSync(join(folder, path), bytes);
  });
  const tf = await loadTensorFlow();
  const predict = await loadSignature(tf, folder, ['serve'], signature);
  const found = predict({ [inputs[0]!.key]: tf.tensor(layer.x, [BATCH, STEPS, FEATURES], 'float32') });
  const plain = runPlainLayer(layer);
  const last = Array.from({ length: BATCH }, (_, b) =>
    plain.sequence.slice((b * STEPS + STEPS - 1) * UNITS, (b + 1) * STEPS * UNITS),
  ).flat();
  const expected = [
    has('return_sequences') ? plain.sequence : last,
    ...(has('return_state') ? plain.states : []),
  ];
  return expected.map((values, i) => [[...found[outputs[i]!.key]!.dataSync()], values]);
}

describe.skipIf(missing)(`recurrent layers in TensorFlow ${missing ?? ''}`, () => {
  it.each<[RnnOp, ...string[]]>([
    ['_Lstm', 'use_bias'],
    ['_Lstm', 'use_bias', 'return_sequences', 'return_state', 'has_mask'],
    ['_Lstm', 'use_bias', 'return_sequences', 'has_state', 'return_state', 'go_backwards'],
    ['_Lstm', 'has_mask', 'has_state'],
    ['_Gru', 'use_bias', 'reset_after'],
    ['_Gru', 'use_bias', 'return_sequences', 'return_state'],
    ['_Gru', 'reset_after', 'has_mask', 'go_backwards', 'return_sequences'],
    ['_Gru', 'use_bias', 'reset_after', 'has_state', 'has_mask', 'return_state'],
    ['_SimpleRnn', 'use_bias', 'return_sequences', 'go_backwards'],
    ['_SimpleRnn', 'use_bias', 'has_mask', 'has_state', 'return_state'],
  ])('answers as plain loops do: %s %s %s %s %s %s', async (op, ...flags) => {
    for (const [actual, expected] of await answers(op, flags)) {
      expect(actual.length).toBe(expected.length);
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
    }
  });
});
