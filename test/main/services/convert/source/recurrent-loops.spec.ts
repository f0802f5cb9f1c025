import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { detectModel } from '@main/services/convert/read/detect';
import { READERS } from '@main/services/convert/read/readers';
import { prepareSource } from '@main/services/convert/source/index';
import type { SourceGraph } from '@main/services/convert/source';
import { Golden, goldenFolder } from '@test/support/golden';

/** What is left of a golden model's loops: its recurrent layers, each with its sizes, and loops. */
function layersOf(directory: string, source: string): string[] {
  const golden = new Golden(directory);
  const { format, path } = detectModel(golden.path(golden.doc.sources[source] as string), nodeModelFiles);
  if (format === 'tflite') throw new Error('no source');
  const prepared: SourceGraph = prepareSource(READERS[format](path, nodeModelFiles));
  const layers = Array.from(prepared.nodes.values())
    .filter(({ op }) => op.startsWith('_') || op.endsWith('While'))
    .map(
      ({ op, attrs }) =>
        `${op} ${attrs['units']?.value as number}${attrs['return_sequences']?.value === true ? ' all' : ''}`,
    );
  expect(prepared.functions.size).toBe(0);
  prepared.close();
  return layers.sort();
}

describe.skipIf(goldenFolder === undefined)('loops of recurrent layers (needs the golden models)', () => {
  it.each([
    ['op_zoo/lstm', 'saved_model', ['_Lstm 12 all', '_Lstm 8']],
    ['op_zoo/lstm', 'saved_model_keras2', ['_Lstm 12 all', '_Lstm 8']],
    ['op_zoo/lstm_static', 'saved_model_keras2', ['_Lstm 12 all', '_Lstm 8']],
    ['op_zoo/gru', 'saved_model', ['_Gru 12 all', '_Gru 8']],
    ['op_zoo/gru_static', 'saved_model_keras2', ['_Gru 12 all', '_Gru 8']],
    ['op_zoo/simple_rnn', 'saved_model', ['_SimpleRnn 12 all', '_SimpleRnn 8']],
    ['op_zoo/bidirectional_lstm', 'saved_model', ['_Lstm 6 all', '_Lstm 6 all']],
  ])('%s as %s are recognised', (directory, source, layers) => {
    expect(layersOf(directory, source)).toEqual(layers);
  });

  it.each(['op_zoo/lstm', 'op_zoo/gru', 'op_zoo/simple_rnn'])(
    '%s as TF.js graph model are recognised',
    (directory) => {
      const layers = layersOf(directory, 'tfjs_graph').filter((layer) => !layer.startsWith('_Fused'));
      expect(layers.map((layer) => layer.split(' ')[1])).toEqual(['12', '8']);
    },
  );
});
