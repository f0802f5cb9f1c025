import { describe, expect, it } from 'vitest';
import { prepareSource } from '@main/services/convert/source/index';
import type { SourceFunction } from '@main/services/convert/source';
import { node, port, ref, sourceGraph } from '@test/support/source-graph';

const ARGS = ['boxes', 'scores', 'limit', 'overlap', 'least'];

/** What a call of a function that is called so is written as, for boxes of this shape. */
function operators(name: string, boxes: readonly number[]): string[] {
  const suppression: SourceFunction = {
    name: 'f',
    args: ARGS.map((arg) => ({ name: arg, dtype: 'float32' })),
    nodes: new Map([['own', node('own', 'Neg', ['scores'])]]),
    outputs: [ref('own'), ref('own')],
    interface: { name, inputShapes: [boxes] },
  };
  const source = sourceGraph({
    list: [
      ...ARGS.map((arg) => node(arg, 'Placeholder')),
      node('call', 'PartitionedCall', ARGS, { f: { kind: 'function', value: 'f' } }),
    ],
    functions: new Map([['f', suppression]]),
    signatures: [
      {
        key: 'serving_default',
        inputs: [],
        outputs: [port('indices', undefined, 'call'), { ...port('count', undefined), ref: ref('call', 1) }],
      },
    ],
  });
  return Array.from(prepareSource(source).nodes.values(), ({ op }) => op).filter(
    (op) => op !== 'Placeholder' && op !== 'Const',
  );
}

describe('a function that says what it computes', () => {
  it('is written as the one operator that does the same', () => {
    expect(operators('non_max_suppression_padded_v2', [30, 4])).toEqual([
      'NonMaxSuppressionV4',
      'ExpandDims',
    ]);
  });

  it('is written out when it takes a batch, or is another one', () => {
    expect(operators('non_max_suppression_padded_v2', [2, 30, 4])).toEqual(['Neg']);
    expect(operators('something_else', [30, 4])).toEqual(['Neg']);
  });
});
