import { describe, expect, it } from 'vitest';
import { writeReadingTo } from '@main/flow/write-reading';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import { loadOriginal } from '@main/platform/tfjs-node/worker-task';
import type { WorkerLauncher } from '@main/ports/worker';
import { sampleOf } from '@shared/runner/tensor-stream';
import { formatOfSource, goldenFolder, goldenModels, maxAbsDifference } from '@test/support/golden';
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
