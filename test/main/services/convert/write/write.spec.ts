import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printModel } from '@main/services/convert/graph/print';
import { Pace } from '@main/services/convert/pace';
import { parseTflite } from '@main/services/convert/read/tflite';
import { modelBytes, writeModel } from '@main/services/convert/write';
import { GraphBuilder, chainModel, tinyModel } from '@test/support/tiny-model';
import { temporaryFolder } from '@test/support/temporary-folder';

const ADD = { fused_activation_function: 0, pot_scale_int16: true };

describe('writing a model', () => {
  it('gives what was written when it is read again', async () => {
    const model = tinyModel();
    const bytes = await modelBytes(model);
    const again = parseTflite(bytes, 'it');
    expect(printModel(again)).toBe(printModel(model));
    expect(again.description).toBe('test');
    expect(again.signatures[0]?.inputs[0]?.value.shape).toEqual([-1, 4, 4, 2]);
    const [conv] = again.graphs[0]?.sorted() ?? [];
    expect(conv?.input(1).constant?.bytes()).toEqual(
      model.graphs[0]?.sorted()[0]?.input(1).constant?.bytes(),
    );
  });

  it('gives the same bytes each time, in memory and as a file', async () => {
    const path = join(temporaryFolder(), 'model.tflite');
    const report = await writeModel(tinyModel(), path);
    const bytes = await modelBytes(tinyModel());
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    expect(report.bytes).toBe(bytes.byteLength);
    expect(report.operators).toEqual([
      { type: 'CONV_2D', version: 1, count: 1 },
      { type: 'RESHAPE', version: 1, count: 1 },
      { type: 'SOFTMAX', version: 1, count: 1 },
    ]);
  });

  it('names the oldest runtime that has all operators', async () => {
    const bytes = await modelBytes(tinyModel());
    const report = await writeModel(tinyModel(), join(temporaryFolder(), 'model.tflite'));
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain('min_runtime_version');
    expect(text).toContain(`${report.minRuntimeVersion}\0`);
  });

  it('starts all data at multiples of 16 bytes', async () => {
    const model = parseTflite(await modelBytes(tinyModel()), 'it');
    for (const op of model.graphs[0]?.ops ?? [])
      for (const input of op.inputs) expect((input?.constant?.bytes().byteOffset ?? 0) % 16).toBe(0);
  });

  it('stores equal constants once, small and large', async () => {
    const size = (sameLarge: boolean): Promise<number> => {
      const builder = new GraphBuilder();
      const x = builder.input('x', [1, 100_000]);
      const one = builder.floats('one', [100_000], (i) => i);
      const two = builder.floats('two', [100_000], (i) => (sameLarge ? i : i + 1));
      const sum = builder.emit('ADD', ADD, [x, one]);
      const model = builder.model(builder.emit('ADD', ADD, [sum, two]));
      return modelBytes(model).then((bytes) => bytes.byteLength);
    };
    expect((await size(false)) - (await size(true))).toBeGreaterThanOrEqual(400_000);
  });

  it('refuses more than 2 GiB before any constant is read or any file made', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 8]);
    const large = builder.floats('large', [8], (i) => i);
    const model = builder.model(builder.emit('ADD', ADD, [x, large]));
    large.constant = {
      byteLength: 2_200_000_000,
      bytes: () => {
        throw new Error('it was read');
      },
    };
    const folder = temporaryFolder();
    await expect(writeModel(model, join(folder, 'model.tflite'))).rejects.toMatchObject({
      code: 'model.too-large',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing behind when a constant cannot be read', async () => {
    const model = tinyModel();
    const weights = Array.from(model.graphs[0]?.ops ?? [])[0]?.input(1);
    if (!weights) throw new Error('the convolution is not there');
    weights.constant = {
      byteLength: 216,
      bytes: () => {
        throw new Error('the disk is gone');
      },
    };
    const path = join(temporaryFolder(), 'model.tflite');
    await expect(writeModel(model, path)).rejects.toThrow('the disk is gone');
    expect(existsSync(path)).toBe(false);
  });

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const folder = temporaryFolder();
    const stages: string[] = [];
    const pace = new Pace({
      signal: controller.signal,
      onProgress: ({ stage }) => {
        stages.push(stage);
        controller.abort();
      },
    });
    await expect(writeModel(chainModel(20_000), join(folder, 'm.tflite'), pace)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(stages).toContain('write');
    expect(readdirSync(folder)).toEqual([]);
  });
});
