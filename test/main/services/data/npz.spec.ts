import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeNpy, encodeNpy } from '@main/services/data/npy';
import { openArrayFile, readArrays, writeArrays } from '@main/services/data/npz';
import { openDataSet, randomDataSet } from '@main/services/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgebench-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const x = { dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
const labels = { dtype: 'int64', shape: [3], data: BigInt64Array.of(7n, 8n, 9n) } as const;

/** A deflated archive, made by Python's own zip writer, as numpy.savez_compressed makes it. */
function compress(path: string, entries: Record<string, Uint8Array>): void {
  const source = mkdtempSync(join(tmpdir(), 'edgebench-zip-'));
  for (const [name, bytes] of Object.entries(entries)) writeFileSync(join(source, name), bytes);
  execFileSync('python3', [
    '-c',
    'import sys,zipfile,os\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nfor n in sorted(os.listdir(sys.argv[2])): z.write(os.path.join(sys.argv[2],n),n)\nz.close()',
    path,
    source,
  ]);
  rmSync(source, { recursive: true });
}
const hasPython = spawnSync('python3', ['-c', 'import zipfile']).status === 0;

describe('.npy and .npz', () => {
  it('writes an array that reads back the same, its header padded to 64 bytes', () => {
    const bytes = encodeNpy(x);
    expect((bytes.byteLength - 24) % 64).toBe(0);
    expect(decodeNpy(bytes, 'x')).toEqual(x);
  });

  it('writes the same archive for the same arrays', async () => {
    await writeArrays(join(folder, 'a.npz'), { x, labels });
    await writeArrays(join(folder, 'b.npz'), { x, labels });
    expect(await readArrays(join(folder, 'a.npz'))).toEqual(await readArrays(join(folder, 'b.npz')));
    expect(await readArrays(join(folder, 'a.npz'))).toEqual({ x, labels });
  });

  it.runIf(hasPython)('reads compressed archives', async () => {
    const path = join(folder, 'deflated.npz');
    compress(path, { 'x.npy': encodeNpy(x), 'labels.npy': encodeNpy(labels) });
    expect(await readArrays(path)).toEqual({ x, labels });
  });

  it('reads rows without the rest', async () => {
    await writeArrays(join(folder, 'rows.npz'), { x });
    const file = await openArrayFile(join(folder, 'rows.npz'));
    expect(await file.arrays[0]?.rows(1, 3)).toEqual({
      dtype: 'float32',
      shape: [2, 2],
      data: Float32Array.of(3, 4, 5, 6),
    });
    await file.close();
  });

  it('refuses every truncation of an archive with one sentence that names the file', async () => {
    const whole = encodeNpy(x);
    const path = join(folder, 'cut.npy');
    for (let length = 0; length < whole.byteLength; length++) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(readArrays(path)).rejects.toMatchObject({
        name: 'AppError',
        message: expect.stringContaining('cut.npy'),
      });
    }
  });

  it('says which file does not exist', async () => {
    await expect(readArrays(join(folder, 'none.npz'))).rejects.toMatchObject({ code: 'file.not-found' });
  });
});

describe('data sets', () => {
  const input = { name: 'image', dtype: 'float32', shape: [-1, 2] } as const;

  it('gives samples with their batch axis, and labels', async () => {
    const path = join(folder, 'set.npz');
    await writeArrays(path, { image: x, labels });
    const data = await openDataSet(path, [input]);
    expect(data.labels).toEqual(Int32Array.of(7, 8, 9));
    expect(await data.slice(1, 9)).toEqual({
      image: { dtype: 'float32', shape: [2, 1, 2], data: Float32Array.of(3, 4, 5, 6) },
    });
    await data.close();
  });

  it.each([
    ['a wrong name', { other: x, more: x }, "no array 'image'"],
    ['a wrong shape', { image: { ...x, shape: [2, 3] } }, 'float32 [2, 3]'],
    ['a wrong type', { image: labels }, 'holds int64'],
    ['NaN', { image: { ...x, data: Float32Array.of(1, 2, 3, Number.NaN, 5, 6) } }, 'NaN in sample 1'],
    ['no samples', { image: { ...x, shape: [0, 2], data: new Float32Array() } }, 'no samples'],
    [
      'too few labels',
      { image: x, labels: { ...labels, shape: [2], data: BigInt64Array.of(1n, 2n) } },
      '2 labels for 3',
    ],
  ])('refuses %s', async (_what, arrays, message) => {
    const path = join(folder, 'bad.npz');
    await writeArrays(path, arrays as never);
    const read = async (): Promise<void> => {
      const data = await openDataSet(path, [input]);
      await data.slice(0, data.count).finally(() => data.close());
    };
    await expect(read()).rejects.toMatchObject({
      code: 'data.invalid',
      message: expect.stringContaining(message),
    });
  });

  it('makes the same random samples however they are sliced', async () => {
    const data = randomDataSet([input], 4);
    const whole = await data.slice(0, 4);
    const part = await data.slice(2, 3);
    expect(whole['image']?.shape).toEqual([4, 1, 2]);
    expect(part['image']?.data).toEqual(whole['image']?.data.subarray(4, 6));
  });
});
