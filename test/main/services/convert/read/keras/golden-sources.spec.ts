import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { READERS } from '@main/services/convert/read/readers';
import { Golden, goldenFolder } from '@test/support/golden';

const FORMATS = {
  h5_keras2: 'keras-h5',
  h5_keras3: 'keras-h5',
  keras: 'keras-v3',
  keras_keras2: 'keras-v3',
  tfjs_layers: 'tfjs-layers',
} as const;

interface Index {
  readonly models: readonly { name: string; dir: string; sources: readonly string[] }[];
}

const cases: { title: string; dir: string; source: keyof typeof FORMATS }[] = [];
if (goldenFolder !== undefined) {
  const index = JSON.parse(readFileSync(join(goldenFolder, 'index.json'), 'utf8')) as Index;
  for (const { name, dir, sources } of index.models)
    for (const source of sources)
      if (source in FORMATS)
        cases.push({ title: `${name} from ${source}`, dir, source: source as keyof typeof FORMATS });
}

/** Golden models are judged by their results in test/golden; here, that every source becomes a whole source graph. */
describe.skipIf(goldenFolder === undefined)('golden Keras models as source graphs', () => {
  it.each(cases)('$title', ({ dir, source }) => {
    const golden = new Golden(dir);
    const file = golden.path(golden.doc.sources[source] ?? '');
    const graph = READERS[FORMATS[source]](file, nodeModelFiles);
    try {
      const [signature] = graph.signatures;
      const expected = golden.doc.signatures['serving_default'];
      expect(signature?.inputs.map(({ name }) => name).sort()).toEqual(
        Object.keys(expected?.inputs ?? {}).sort(),
      );
      const found = signature?.outputs.map(({ shape }) => shape?.slice(1));
      expect(found).toEqual(
        Object.values(expected?.outputs ?? {}).map(({ shape }) => shape.slice(1).map((n) => n ?? -1)),
      );
      const nodes = Array.from(graph.nodes.values());
      const operands = nodes.flatMap((node) => node.inputs.map((input) => input.node));
      expect(operands.filter((name) => !graph.nodes.has(name))).toEqual([]);
      const constants = nodes.flatMap((node) => {
        const value = node.attrs['value'];
        return value?.kind === 'tensor' ? [value.value.data] : [];
      });
      expect(constants.map((data) => data.bytes().byteLength)).toEqual(
        constants.map((data) => data.byteLength),
      );
    } finally {
      graph.close();
    }
  });
});
