import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memorySource } from '@main/services/convert/read/byte-source';
import { readKerasHdf5 } from '@main/services/convert/read/keras-h5';
import { Golden, goldenFolder } from '@test/support/golden';

const sources = ['h5_keras2', 'h5_keras3'] as const;

it.skipIf(goldenFolder === undefined).each(sources)(
  'digits_cnn from %s: ports, operators and weights',
  (source) => {
    const golden = new Golden('digits_cnn');
    const file = golden.path(golden.doc.sources[source] ?? '');
    const graph = readKerasHdf5(memorySource(readFileSync(file), source));
    const [signature] = graph.signatures;
    expect(signature?.inputs).toMatchObject([{ name: 'image', shape: [-1, 8, 8, 1], dtype: 'float32' }]);
    expect(signature?.outputs).toMatchObject([{ name: 'output_0', shape: [-1, 10], dtype: 'float32' }]);
    const ops = Array.from(graph.nodes.values(), (node) => node.op).filter((op) => op !== 'Const');
    expect(ops.filter((op) => op === 'Conv2D')).toHaveLength(3);
    expect(ops.at(-1)).toBe('Softmax');
    const kernel = graph.nodes.get('fc1/kernel')?.attrs['value'];
    expect(kernel).toMatchObject({ kind: 'tensor', value: { shape: [128, 32] } });
  },
);
