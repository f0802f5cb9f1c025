import { dataOf } from '@main/services/convert/graph/constant';
import type {
  SourceAttr,
  SourceGraph,
  SourceNode,
  SourcePort,
  SourceRef,
} from '@main/services/convert/source';

export const ref = (node: string, output = 0): SourceRef => ({ node, output });

/** A source node; operands are names of nodes. */
export const node = (
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attrs: Readonly<Record<string, SourceAttr>> = {},
): SourceNode => ({ name, op, inputs: inputs.map((input) => ref(input)), attrs });

/** A Const node of floats. */
export const floatConst = (name: string, shape: readonly number[], values: readonly number[]): SourceNode =>
  node(name, 'Const', [], {
    value: {
      kind: 'tensor',
      value: { dtype: 'float32', shape, data: dataOf(Float32Array.from(values)) },
    },
  });

export const port = (name: string, shape: readonly number[] | undefined, at = name): SourcePort => ({
  name,
  dtype: 'float32',
  shape,
  ref: ref(at),
});

export interface SourceGraphParts extends Partial<SourceGraph> {
  readonly list: readonly SourceNode[];
}

/** A graph of `list` with one signature, from `x` to what is called `y`, unless said otherwise. */
export const sourceGraph = ({ list, ...rest }: SourceGraphParts): SourceGraph => ({
  format: 'saved-model',
  nodes: new Map(list.map((each) => [each.name, each])),
  functions: new Map(),
  signatures: [
    { key: 'serving_default', inputs: [port('x', [-1, 4])], outputs: [port('out', undefined, 'y')] },
  ],
  defaultSignature: 'serving_default',
  variables: new Map(),
  notes: [],
  close: () => undefined,
  ...rest,
});
