import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { printModel } from '@main/services/convert/graph/print';
import { verifyModel } from '@main/services/convert/graph/verify';
import type { TfliteRunRequest } from '@main/ports/tflite-runtime';
import { parseTflite } from '@main/services/convert/read/tflite';
import { modelBytes } from '@main/services/convert/write';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { goldenFolder, goldenModels, maxAbsDifference } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

const cases = goldenModels().flatMap((golden) =>
  Object.entries(golden.doc.reference)
    .filter(([, { status, fallback }]) => status === 'ok' && !fallback?.includes('tf_ops'))
    .map(([mode, reference]) => ({
      golden,
      mode,
      reference,
      path: golden.path(reference.file),
      title: `${golden.doc.name}/${reference.file}`,
    })),
);

/** Those whose runs are compared, too: one float and one integer mode. */
const runnable = cases.filter(
  ({ mode, reference }) =>
    (mode === 'float32' || mode === 'int8') &&
    reference.suspect === undefined &&
    reference.run.status !== 'error',
);

/** Some of the reference's int16x8 files have scales of 0 or NaN: our verifier has to refuse those. */
const BROKEN = /int16x8\.tflite is not a valid TFLite file: .* has the scale (0|NaN)/;

describe.skipIf(goldenFolder === undefined)('reading and writing the reference files', () => {
  it.each(cases)('$title', async ({ path, title }) => {
    const bytes = new Uint8Array(readFileSync(path));
    let model;
    try {
      model = parseTflite(bytes, title);
    } catch (error) {
      if (BROKEN.test((error as Error).message)) return;
      throw error;
    }
    expect(verifyModel(model, { types: false })).toEqual([]);
    const written = await modelBytes(model);
    expect(printModel(parseTflite(written, 'the written file'))).toBe(printModel(model));
    expect(written.byteLength).toBeLessThanOrEqual(bytes.byteLength);
  });
});

const missing = prepareRunner() ?? (goldenFolder ? undefined : 'no golden models beside this checkout');

describe.skipIf(missing)(
  `running rewritten reference files${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

    /** Outputs, or what the runtime said: a file that it refuses has to be refused for the same reason afterwards. */
    async function outcome(
      modelPath: string,
      request: Omit<TfliteRunRequest, 'modelPath'>,
    ): Promise<{ outputs: NamedTensors; failure?: string }> {
      try {
        const { outputs } = await runtime.run({ modelPath, ...request });
        return { outputs };
      } catch (error) {
        return { outputs: {}, failure: (error as Error).message.replaceAll(modelPath, 'it') };
      }
    }

    it.each(runnable)('$title', async ({ golden, path, title, reference }) => {
      const file = join(temporaryFolder(), 'rewritten.tflite');
      writeFileSync(file, await modelBytes(parseTflite(new Uint8Array(readFileSync(path)), title)));
      for (const [signature, recorded] of Object.entries(reference.run.signatures)) {
        const request = { signature, inputs: golden.tensors(recorded.inputs), xnnpack: false };
        const [before, after] = [await outcome(path, request), await outcome(file, request)];
        expect(after.failure).toBe(before.failure);
        expect(Object.keys(after.outputs)).toEqual(Object.keys(before.outputs));
        for (const [name, tensor] of Object.entries(before.outputs))
          expect(maxAbsDifference(tensor, after.outputs[name] as Tensor)).toBe(0);
      }
    });
  },
);
