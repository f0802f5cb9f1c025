import { describe, expect, it } from 'vitest';
import { writeReadingTo } from '@main/flow/write-reading';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import { loadOriginal } from '@main/platform/tfjs-node/worker-task';
import { readTfjsGraph } from '@main/services/convert/read/tfjs-graph';
import type { WorkerLauncher } from '@main/ports/worker';
import { sampleOf } from '@shared/runner/tensor-stream';
import type { NamedTensors } from '@shared/model/tensor';
import { formatOfSource, Golden, goldenFolder, goldenModels, maxAbsDifference } from '@test/support/golden';
import { appRoot } from '@test/support/runner';

// TensorFlow tells of every model that it loads.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';

const none: WorkerLauncher = {
  start() {
    throw new Error('the models are run in this process');
  },
};
const missing =
  (await new TfjsNodeRuntime(none, appRoot).unavailable()) ??
  (goldenFolder ? undefined : 'no golden models beside this checkout');

/** Our reading of each Keras file of the golden set, executed by TensorFlow, against what Keras itself answered. */
describe.skipIf(missing)(`readings of Keras files${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const cases = goldenModels()
    .filter(({ doc }) => doc.expect === 'convert')
    .flatMap((golden) =>
      Object.entries(golden.doc.sources)
        .filter(([source]) => formatOfSource(source).startsWith('keras'))
        .map(([source, path]) => ({ golden, source, path, name: golden.doc.name })),
    );

  it.each(cases)('answers as Keras did: $name, $source', async ({ golden, source, path }) => {
    const model = await loadOriginal(
      { modelPath: golden.path(path), format: formatOfSource(source), signature: { key: 'serving_default' } },
      writeReadingTo(nodeModelFiles),
    );
    expect(model.framework).toMatch(/^our reading of the Keras file, executed by TensorFlow \d+/);
    const { inputs, outputs, samples } = golden.doc.signatures['serving_default']!.golden;
    const given = Object.entries(golden.tensors(inputs));
    for (let i = 0; i < Math.min(samples, 3); i++) {
      const answer = await model.run(
        Object.fromEntries(given.map(([name, tensor]) => [name, sampleOf(tensor, i)])),
      );
      for (const [name, tensor] of Object.entries(golden.tensors(outputs))) {
        const expected = sampleOf(tensor, i);
        const most = Math.max(1, ...Array.from(expected.data as Float32Array, Math.abs));
        expect(maxAbsDifference(answer[name]!, expected) / most).toBeLessThanOrEqual(1e-5);
      }
    }
  });
});

describe.skipIf(missing)(`TensorFlow.js models ${missing ?? ''}`, () => {
  const load = (golden: Golden, source: 'tfjs_layers' | 'tfjs_graph') =>
    loadOriginal(
      {
        modelPath: golden.path(golden.doc.sources[source]!),
        format: formatOfSource(source),
        signature: { key: 'serving_default' },
      },
      writeReadingTo(nodeModelFiles),
    );
  const firstSample = (golden: Golden) => {
    const { inputs, outputs } = golden.doc.signatures['serving_default']!.golden;
    const at0 = (tensors: NamedTensors): NamedTensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, sampleOf(tensor, 0)]));
    return { given: at0(golden.tensors(inputs)), expected: at0(golden.tensors(outputs)) };
  };

  it.each(['act_softmax', 'gru', 'conv1d', 'merge_broadcast'])(
    'of layers that TensorFlow.js exports and does not run are run as our reading, with the reason: %s',
    async (name) => {
      const golden = new Golden(`op_zoo/${name}`);
      const { given, expected } = firstSample(golden);
      const model = await load(golden, 'tfjs_layers');
      const answer = await model.run(given);
      expect(model.reading).toBe(true);
      expect(model.framework).toMatch(/^our reading of the TensorFlow\.js file, .* does not run it \(.+\)$/);
      for (const [output, tensor] of Object.entries(expected))
        expect(maxAbsDifference(answer[output]!, tensor)).toBeLessThanOrEqual(1e-4);
    },
  );

  it('of graphs answer under the names that the signature is read with', async () => {
    const golden = new Golden('op_zoo/conv_raw');
    const model = await load(golden, 'tfjs_graph');
    const answer = await model.run(firstSample(golden).given);
    const [declared] = readTfjsGraph(golden.path('tfjs_graph', 'model.json'), nodeModelFiles).signatures;
    expect(model.reading).toBe(false);
    expect(Object.keys(answer).sort()).toEqual(declared!.outputs.map(({ name }) => name).sort());
    for (const { name, shape } of declared!.outputs)
      expect(answer[name]!.shape.slice(1)).toEqual(shape!.slice(1));
  });
});
