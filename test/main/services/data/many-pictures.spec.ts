import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDataSet } from '@main/services/data';
import { openPictureFolder } from '@main/services/data/picture-folder';
import { imagePreprocessingSchema } from '@shared/model/recipe';
import type { TensorSpec } from '@shared/model/tensor';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder';

const picture: TensorSpec = { name: 'image', dtype: 'float32', shape: [-1, 2, 2, 3] };
const images = imagePreprocessingSchema.parse({});
const MILLION = 1_000_000;
const PADDING = 'x'.repeat(200);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use once everything that can go has gone. */
function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('keeps the first names of a million files, and only those', async () => {
  const before = heapBytes();
  let most = 0;
  // The worst order: each name comes before all that came so far.
  async function* entries(count: number) {
    for (let i = count - 1; i >= 0; i--) {
      if (i % 250_000 === 0) most = Math.max(most, heapBytes() - before);
      yield {
        name: `${String(i).padStart(7, '0')}-${PADDING}.png`,
        isFile: () => true,
        isDirectory: () => false,
      };
    }
  }
  const data = await openPictureFolder('folder', [picture], images, 100, () =>
    Promise.resolve(entries(MILLION)),
  );
  expect(data.count).toBe(100);
  expect(data.description).toContain('the first 100 of 1000000 pictures');
  // A million such names take more than 200 MB.
  expect(most).toBeLessThan(30 * 2 ** 20);
  await expect(data.slice(0, 1)).rejects.toThrow(/0000000-x+\.png/);
}, 180_000);

it('takes some of every class', async () => {
  const folder = temporaryFolder();
  const png = PNG.sync.write(new PNG({ width: 2, height: 2 }));
  for (const [name, count] of [
    ['a', 5],
    ['b', 2],
    ['c', 1],
  ] as const) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < count; i++) writeFileSync(join(folder, name, `${i}.png`), png);
  }
  const labels = async (most?: number) =>
    Array.from((await openDataSet(folder, [picture], images, most)).labels ?? []);
  expect(await labels()).toEqual([0, 1, 2, 0, 1, 0, 0, 0]);
  expect(await labels(4)).toEqual([0, 1, 2, 0]);
});

const large = process.env['EDGEBENCH_LARGE'] ? '' : ' (skipped: takes minutes; EDGEBENCH_LARGE runs it)';
it.skipIf(large)(
  `opens a real folder of a million files${large}`,
  async () => {
    const folder = temporaryFolder();
    for (let i = 0; i < MILLION; i++) closeSync(openSync(join(folder, `${i}.png`), 'w'));
    const before = heapBytes();
    const data = await openDataSet(folder, [picture], images, 500);
    expect(data.count).toBe(500);
    expect(heapBytes() - before).toBeLessThan(30 * 2 ** 20);
  },
  3_600_000,
);
