import { describe, expect, it } from 'vitest';
import { dataOf } from '@main/services/convert/graph/constant';
import { lower } from '@main/services/convert/lower';
import type { SourceGraph, SourceNode } from '@main/services/convert/source';
import { attr, numbersOf } from '@test/support/tiny-lowering';

const node = (name: string, op: string, inputs: string[], attrs: SourceNode['attrs'] = {}): SourceNode => ({
  name,
  op,
  inputs: inputs.map((input) => ({ node: input, output: 0 })),
  attrs,
});

/** y = cast(cast(x, half) * 1.5, float), as a model trained in mixed precision has it. */
const nodes = [
  node('x', 'Placeholder', []),
  node('narrow', 'Cast', ['x'], { DstT: attr.dtype('float16') }),
  node('factor', 'Const', [], {
    value: {
      kind: 'tensor',
      value: { dtype: 'float16', shape: [2], data: dataOf(Uint16Array.of(0x3e00, 0xc000)) },
    },
  }),
  node('product', 'Mul', ['narrow', 'factor']),
  node('y', 'Cast', ['product'], { DstT: attr.dtype('float32') }),
];
const port = (name: string) =>
  ({ name, dtype: 'float32', shape: [-1, 2], ref: { node: name, output: 0 } }) as const;
const source: SourceGraph = {
  format: 'saved-model',
  nodes: new Map(nodes.map((each) => [each.name, each])),
  functions: new Map(),
  signatures: [{ key: 'main', inputs: [port('x')], outputs: [port('y')] }],
  defaultSignature: 'main',
  variables: new Map(),
  notes: [],
  close: () => undefined,
};

describe('a model in mixed precision', () => {
  it('is converted in single precision, without casts', async () => {
    const [graph] = (await lower(source)).graphs;
    const [product, ...others] = graph?.sorted() ?? [];
    expect(others).toEqual([]);
    expect(product?.type).toBe('MUL');
    expect(product?.output().dtype).toBe('float32');
    expect(numbersOf(product?.input(1))).toEqual([1.5, -2]);
  });

  it('gives its outputs in the type that the signature says', async () => {
    const half = { ...port('product'), dtype: 'float16' } as const;
    const signatures = [{ key: 'main', inputs: [port('x')], outputs: [half] }];
    const [graph] = (await lower({ ...source, signatures })).graphs;
    expect(Array.from(graph?.sorted() ?? [], ({ type }) => type)).toEqual(['MUL', 'CAST']);
    expect(graph?.outputs[0]?.dtype).toBe('float16');
  });
});

describe('a model in double precision', () => {
  it('is refused where no kernel takes it', async () => {
    const x = { ...port('x'), dtype: 'float64' } as const;
    const signatures = [
      { key: 'main', inputs: [x], outputs: [{ ...port('square'), dtype: 'float64' } as const] },
    ];
    const products = [
      node('x', 'Placeholder', []),
      node('square', 'MatMul', ['x', 'x'], { transpose_a: attr.bool(true), transpose_b: attr.bool(false) }),
    ];
    const doubled = { ...source, signatures, nodes: new Map(products.map((each) => [each.name, each])) };
    await expect(lower(doubled)).rejects.toMatchObject({
      code: 'model.unsupported',
      message: expect.stringMatching(/MatMul 'square'.*float64/) as string,
    });
  });
});
