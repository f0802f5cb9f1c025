import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { convertModel, writeModel } from '@main/services/convert';
import { viewAs } from '@shared/model/dtype';
import { goldenFolder, type TensorRef } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

const folder = join(goldenFolder ?? '.', '../real/fer');
const missing =
  prepareRunner() ??
  (existsSync(folder) && goldenFolder ? undefined : 'no models of others beside this checkout');

it.skipIf(missing)(
  `a trained model of others, from legacy HDF5, answers as in Keras${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const doc = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as {
      input: TensorRef;
      output: TensorRef;
    };
    const data = readFileSync(join(folder, 'data.bin'));
    const values = ({ offset, bytes }: TensorRef): Float32Array =>
      viewAs('float32', data.subarray(offset, offset + bytes));
    const opened = await convertModel({ path: join(folder, 'emotion_model.h5') }, nodeModelFiles);
    const file = join(temporaryFolder(), 'fer.tflite');
    await writeModel(opened.model, file);
    opened.close();
    const [signature] = opened.model.signatures;
    const [samples = 0, ...shape] = doc.input.shape;
    const input = { dtype: 'float32', shape: [samples, 1, ...shape], data: values(doc.input) } as const;
    const result = await new TfliteRunnerRuntime(new RunnerParts(appRoot)).run({
      modelPath: file,
      signature: signature?.key ?? '',
      inputs: { [signature?.inputs[0]?.name ?? '']: input },
      xnnpack: false,
    });
    const expected = values(doc.output);
    const actual = result.outputs['output_0']?.data ?? [];
    expect(actual).toHaveLength(expected.length);
    const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - Number(actual[i]))));
    expect(worst).toBeLessThan(1e-5);
  },
);
