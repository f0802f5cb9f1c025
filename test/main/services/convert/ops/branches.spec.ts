import { describe, expect, it } from 'vitest';
import { constantNumbers, dataOf } from '@main/services/convert/graph/constant';
import { allGraphs } from '@main/services/convert/graph/subgraphs';
import { verifyModel } from '@main/services/convert/graph/verify';
import type { Model } from '@main/services/convert/graph/ir';
import { lower } from '@main/services/convert/lower';
import { prepareSource } from '@main/services/convert/source/index';
import type { SourceFunction, SourceNode } from '@main/services/convert/source';
import { floatConst, node, port, ref, sourceGraph } from '@test/support/source-graph';

const branch = (name: string, op: string): SourceFunction => ({
  name,
  args: [
    { name: 'a', dtype: 'float32' },
    { name: 'b', dtype: 'float32' },
  ],
  nodes: new Map([
    ['a', node('a', '_Arg')],
    ['b', node('b', '_Arg')],
    ['inner', node('inner', op, ['a', 'b'])],
    ['r', node('r', 'Relu', ['inner'])],
  ]),
  outputs: [ref('r'), ref('b')],
});

const truth = (value: 0 | 1, name = 'c'): SourceNode =>
  node(name, 'Const', [], {
    value: { kind: 'tensor', value: { dtype: 'bool', shape: [], data: dataOf(Uint8Array.of(value)) } },
  });

/** A model of one If node with this condition, between x * 2 and x + 2. */
async function converted(condition: readonly SourceNode[], inputs = [port('x', [1, 4])]): Promise<Model> {
  const source = sourceGraph({
    list: [
      node('x', 'Placeholder'),
      ...condition,
      floatConst('two', [], [2]),
      node('if', 'If', ['c', 'x', 'two'], {
        then_branch: { kind: 'function', value: 'then' },
        else_branch: { kind: 'function', value: 'else' },
        Tout: {
          kind: 'list',
          value: [0, 1].map(() => ({ kind: 'dtype' as const, value: 'float32' as const })),
        },
      }),
    ],
    functions: new Map([
      ['then', branch('then', 'Mul')],
      ['else', branch('else', 'AddV2')],
    ]),
    signatures: [
      {
        key: 'serving_default',
        inputs,
        outputs: [port('y', undefined, 'if'), { ...port('z', undefined), ref: ref('if', 1) }],
      },
    ],
  });
  const model = await lower(prepareSource(source));
  expect(verifyModel(model)).toEqual([]);
  return model;
}

const typesOf = (model: Model): string[][] =>
  allGraphs(model).map((graph) => graph.sorted().map((op) => op.type));

describe('a branch', () => {
  it.each([
    ['then, a constant', [truth(1)], ['MUL', 'RELU']],
    ['else, a constant', [truth(0)], ['ADD', 'RELU']],
    ['then, worked out', [truth(0, 'not'), node('c', 'LogicalNot', ['not'])], ['MUL', 'RELU']],
    ['else, worked out', [truth(1, 'not'), node('c', 'LogicalNot', ['not'])], ['ADD', 'RELU']],
  ])('whose condition is known takes the place of the node: %s', async (_, condition, types) => {
    const model = await converted(condition);
    expect(typesOf(model)).toEqual([types]);
    const [graph] = model.graphs;
    expect(graph?.sorted()[0]?.inputs[0]).toBe(graph?.inputs[0]);
    expect(graph?.sorted()[0]?.name).toBe('inner');
    expect(constantNumbers(graph?.outputs[1])).toEqual([2]);
  });

  it('stays one of two when the condition is an input; constants move into both', async () => {
    const condition = { ...port('c', []), dtype: 'bool' as const };
    const model = await converted([node('c', 'Placeholder')], [port('x', [1, 4]), condition]);
    expect(typesOf(model)).toEqual([['IF'], ['MUL', 'RELU'], ['ADD', 'RELU']]);
    expect(allGraphs(model).map(({ inputs }) => inputs.length)).toEqual([2, 1, 1]);
  });
});
