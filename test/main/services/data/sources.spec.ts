import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataSet } from '@main/services/data';
import { imagePreprocessingSchema } from '@shared/model/recipe';
import type { TensorSpec } from '@shared/model/tensor';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder';

const picture: TensorSpec = { name: 'image', dtype: 'float32', shape: [-1, 2, 2, 3] };
const vector: TensorSpec = { name: 'x', dtype: 'float32', shape: [1, 3] };

/** A picture whose pixel (x, y) is (10x, 10y, 100). */
function png(width: number, height: number): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < width * height; i++)
    image.data.set([10 * (i % width), 10 * Math.floor(i / width), 100, 255], 4 * i);
  return PNG.sync.write(image);
}

const folderOf = (files: Record<string, Uint8Array>): string => {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
};
const images = (changes: object) => imagePreprocessingSchema.parse({ scale: [1], ...changes });
const values = async (folder: string, spec: TensorSpec, changes: object = {}): Promise<number[]> => {
  const data = await openDataSet(folder, [spec], images(changes));
  return Array.from((await data.slice(0, 1))[spec.name]?.data as Float32Array);
};

describe('folders of pictures', () => {
  it('resizes, orders and normalizes as the recipe says', async () => {
    const folder = folderOf({ 'a.png': png(4, 4) });
    // Means of 2 x 2 pixels: 5 and 25 along both axes.
    const plain = [5, 5, 100, 25, 5, 100, 5, 25, 100, 25, 25, 100];
    expect(await values(folder, picture)).toEqual(plain);
    expect((await values(folder, picture, { colorOrder: 'bgr' })).slice(0, 3)).toEqual([100, 5, 5]);
    expect((await values(folder, picture, { scale: [2, 1, 1], offset: [-1] })).slice(0, 3)).toEqual([
      9, 4, 99,
    ]);
    expect((await values(folder, picture, { resize: 'nearest' }))[0]).toBe(10);
  });

  it('crops the middle', async () => {
    const folder = folderOf({ 'a.png': png(6, 2) });
    expect((await values(folder, picture, { resize: 'crop' })).slice(0, 6)).toEqual([20, 0, 100, 30, 0, 100]);
  });

  it('reads JPEG, and gives integers their pixels', async () => {
    const grey = new Uint8Array(8 * 8 * 4).fill(128);
    const folder = folderOf({ 'a.jpg': encode({ width: 8, height: 8, data: grey }, 95).data });
    for (const value of await values(folder, { ...picture, dtype: 'uint8' }))
      expect(value).toBeCloseTo(128, -0.5);
    for (const value of await values(folder, { ...picture, shape: [1, 2, 2, 1] }))
      expect(value).toBeCloseTo(128, -0.5);
  });

  it('takes labels from folders, or from names', async () => {
    const byFolder = await openDataSet(
      folderOf({ 'cat/1.png': png(2, 2), 'dog/1.png': png(2, 2), 'dog/2.png': png(2, 2) }),
      [picture],
    );
    expect(Array.from(byFolder.labels ?? [])).toEqual([0, 1, 1]);
    const byName = await openDataSet(folderOf({ '000_label7.png': png(2, 2), '001_label2.png': png(2, 2) }), [
      picture,
    ]);
    expect(Array.from(byName.labels ?? [])).toEqual([7, 2]);
    expect(byName.description).toContain('labelled; bilinear, RGB');
  });

  it('names the picture that is damaged, or claims too much', async () => {
    const cut = png(4, 4).subarray(0, 60);
    await expect(values(folderOf({ 'cut.png': cut }), picture)).rejects.toThrow(
      /cut\.png cannot be used .*damaged/,
    );
    const bomb = Buffer.from(png(4, 4));
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    await expect(values(folderOf({ 'bomb.png': bomb }), picture)).rejects.toThrow(
      /bomb\.png .*100000 x 100000/,
    );
    const jpeg = Buffer.from(encode({ width: 8, height: 8, data: new Uint8Array(256) }, 50).data);
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(65_500, frame + 5);
    jpeg.writeUInt16BE(65_500, frame + 7);
    await expect(values(folderOf({ 'bomb.jpg': jpeg }), picture)).rejects.toThrow(/bomb\.jpg/);
    await expect(values(folderOf({ 'text.png': Buffer.from('hello') }), picture)).rejects.toThrow(
      /neither a PNG nor/,
    );
  });

  it('refuses a folder without pictures, and a model that takes none', async () => {
    await expect(openDataSet(temporaryFolder(), [picture])).rejects.toThrow(/no picture/);
    await expect(openDataSet(folderOf({ 'a.png': png(2, 2) }), [vector])).rejects.toThrow(/pictures fit/);
  });
});

describe('tables and raw values', () => {
  it('reads a table with a heading and labels', async () => {
    const folder = folderOf({ 'a.csv': Buffer.from('a,b,c,label\r\n1,2,3,0\r\n4,5,6,1\r\n') });
    const data = await openDataSet(join(folder, 'a.csv'), [vector]);
    expect(Array.from(data.labels ?? [])).toEqual([0, 1]);
    expect((await data.slice(1, 2))['x']).toEqual({
      dtype: 'float32',
      shape: [1, 1, 3],
      data: Float32Array.of(4, 5, 6),
    });
  });

  it('names the line that is wrong', async () => {
    for (const [text, why] of [
      ['1,2\n', /line 1 has 2 values where the model takes 3/],
      ['1,2,3\n1,x,3\n', /line 2 holds 'x'/],
      ['1,2,3\n1,NaN,3\n', /line 2 holds 'NaN'/],
      ['\n', /no samples/],
    ] as const)
      await expect(
        openDataSet(join(folderOf({ 'a.csv': Buffer.from(text) }), 'a.csv'), [vector]),
      ).rejects.toThrow(why);
  });

  it('reads raw values', async () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    const folder = folderOf({ 'a.bin': bytes, 'b.bin': bytes.subarray(1), 'c.bin': new Uint8Array(0) });
    const data = await openDataSet(join(folder, 'a.bin'), [vector]);
    expect(data.count).toBe(2);
    expect(Array.from((await data.slice(1, 2))['x']?.data as Float32Array)).toEqual([4, 5, 6]);
    await data.close();
    await expect(openDataSet(join(folder, 'b.bin'), [vector])).rejects.toThrow(
      /no whole number of samples of 12/,
    );
    await expect(openDataSet(join(folder, 'c.bin'), [vector])).rejects.toThrow(/0 bytes/);
    await expect(openDataSet(join(folder, 'none.bin'), [vector])).rejects.toThrow(/no file or folder/);
  });
});
