import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel, modelBytes, writeModel } from '@main/services/convert';
import { verifyModel } from '@main/services/convert/graph/verify';
import { bundleScript } from '@test/support/bundle-script';
import { SavedModelWriter } from '@test/support/saved-model-writer';
import { temporaryFolder } from '@test/support/temporary-folder';
import { sparseDense } from '@test/support/sparse-dense';
import { tinyModel } from '@test/support/tiny-model';

/** A SavedModel of `count` convolutions with bias and ReLU, one after the other. */
function chain(count: number): string {
  const folder = join(temporaryFolder(), 'model');
  const writer = new SavedModelWriter([1, 4, 4, 2]);
  let x = 'x';
  for (let i = 0; i < count; i++) {
    const kernel = writer.variable(`w${i}`, [1, 1, 2, 2], (index) => (index + i) / 10);
    const bias = writer.variable(`b${i}`, [2], (index) => index - i);
    const conv = writer.conv(`c${i}`, x, kernel, 1);
    x = writer.plain(`r${i}`, 'Relu', [writer.plain(`a${i}`, 'BiasAdd', [conv, bias])]);
  }
  writer.write(folder, x);
  return folder;
}

const large = process.env['EDGEBENCH_LARGE'] === '1';

describe('converting a model', () => {
  it('gives one operator for each layer of a chain', async () => {
    const opened = await convertModel({ path: chain(50) }, nodeModelFiles);
    expect(verifyModel(opened.model)).toEqual([]);
    expect(Array.from(opened.model.graphs[0]?.ops ?? [], ({ type }) => type)).toEqual(
      Array(50).fill('CONV_2D'),
    );
    opened.close();
  });

  it('gives the same bytes whatever the time zone and the locale', async () => {
    const path = chain(5);
    const folder = temporaryFolder();
    const script = await bundleScript('test/bench/convert-child.ts', folder);
    const files = [
      { TZ: 'UTC', LANG: 'C' },
      { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LANG: 'ar_EG.UTF-8', LC_ALL: 'de_DE.UTF-8' },
    ].map((env, i) => {
      const out = join(folder, `${i}.tflite`);
      const child = spawnSync(process.execPath, [script, path, out], { env: { ...process.env, ...env } });
      expect(child.status).toBe(0);
      return readFileSync(out);
    });
    expect(files[0]?.byteLength).toBeGreaterThan(0);
    expect(files[1]?.equals(files[0] as Buffer)).toBe(true);
    expect(files[2]?.equals(files[0] as Buffer)).toBe(true);
  });

  it('reads a .tflite file again', async () => {
    const path = join(temporaryFolder(), 'no-extension');
    writeFileSync(path, await modelBytes(tinyModel()));
    const opened = await convertModel({ path }, nodeModelFiles);
    expect(opened.format).toBe('tflite');
    expect(verifyModel(opened.model)).toEqual([]);
  });

  it('goes through its stages, and tells of each', async () => {
    const stages: string[] = [];
    const opened = await convertModel(
      { path: chain(3), onProgress: ({ stage }) => stages.push(stage) },
      nodeModelFiles,
    );
    expect(Array.from(new Set(stages))).toEqual(['read', 'lower', 'optimize']);
    opened.close();
  });

  it('stops when it is cancelled at any of its stages', async () => {
    const path = chain(2000);
    for (const at of ['read', 'lower', 'optimize']) {
      const controller = new AbortController();
      await expect(
        convertModel(
          {
            path,
            signal: controller.signal,
            onProgress: ({ stage }) => {
              if (stage === at) controller.abort();
            },
          },
          nodeModelFiles,
        ),
      ).rejects.toMatchObject({ code: 'cancelled' });
    }
  });

  it.each<[string, (folder: string) => string]>([
    ['an empty file', (folder) => file(folder, new Uint8Array(0))],
    ['a file of one byte', (folder) => file(folder, Uint8Array.of(0x1c))],
    [
      'random bytes',
      (folder) =>
        file(
          folder,
          Uint8Array.from({ length: 4096 }, (_, i) => (i * 97) % 251),
        ),
    ],
    ['an identifier alone', (folder) => file(folder, Uint8Array.from([8, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]))],
    ['an empty folder', (folder) => folder],
    ['nothing', (folder) => join(folder, 'missing')],
  ])('refuses %s as no model', async (_, make) => {
    await expect(convertModel({ path: make(temporaryFolder()) }, nodeModelFiles)).rejects.toMatchObject({
      code: expect.stringMatching(/^(model\.unreadable|file\.not-found)$/) as string,
    });
  });

  it.skipIf(process.platform === 'win32')(
    'refuses pipes and endless devices without reading them',
    async () => {
      const folder = temporaryFolder();
      const pipe = join(folder, 'pipe');
      expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
      const link = join(folder, 'link');
      symlinkSync('/dev/zero', link);
      for (const path of [pipe, link, '/dev/zero'])
        await expect(convertModel({ path }, nodeModelFiles)).rejects.toMatchObject({
          code: 'model.unreadable',
        });
    },
  );

  it('refuses more than 2 GiB of weights before it reads them', async () => {
    const path = sparseDense(20_000, 27_000);
    await expect(convertModel({ path }, nodeModelFiles)).rejects.toMatchObject({
      code: 'model.too-large',
      message: expect.stringMatching(/2\.01 GiB.*ends at 2 GiB/) as string,
    });
  });

  it.skipIf(!large)(
    'converts 1.9 GB (only with EDGEBENCH_LARGE=1)',
    async () => {
      const out = join(temporaryFolder(), 'model.tflite');
      const opened = await convertModel({ path: sparseDense(20_000, 24_000) }, nodeModelFiles);
      const report = await writeModel(opened.model, out);
      opened.close();
      expect(report.bytes).toBeGreaterThan(1_920_000_000);
      expect(existsSync(out)).toBe(true);
    },
    900_000,
  );
});

function file(folder: string, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  return path;
}
