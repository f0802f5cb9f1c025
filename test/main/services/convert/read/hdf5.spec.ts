import { describe, expect, it } from 'vitest';
import { memorySource } from '@main/services/convert/read/byte-source';
import { openHdf5 } from '@main/services/convert/read/hdf5';
import {
  dataset,
  fields,
  floatType,
  group,
  hdf5File,
  pipeline,
  space,
  type Hdf5Node,
} from '@test/support/hdf5-writer';

const open = (entries: Record<string, Hdf5Node>, texts?: Record<string, readonly string[]>) =>
  openHdf5(memorySource(hdf5File(group(entries, texts)), 'test.h5'));

const floats = (bytes: Uint8Array): number[] => Array.from(new Float32Array(bytes.slice().buffer));
const numbers = Array.from({ length: 12 }, (_, i) => i + 0.5);

describe('reading HDF5', () => {
  it('finds groups, data sets and attributes by their paths', () => {
    const root = open(
      { a: group({ b: dataset([3, 4], numbers) }, { names: ['x', 'long name'] }) },
      { title: ['hello'] },
    );
    expect(root.texts('title')).toEqual(['hello']);
    expect(root.group('a')?.texts('names')).toEqual(['x', 'long name']);
    const found = root.dataset('a/b');
    expect(found).toMatchObject({ dtype: 'float32', shape: [3, 4], path: '/a/b' });
    expect(floats(found?.data.bytes() ?? new Uint8Array())).toEqual(numbers);
    expect(root.dataset('a/c')).toBeUndefined();
    expect(root.group('nothing/here')).toBeUndefined();
  });

  it.each([false, true])('puts chunks together whose edge sticks out (gzip: %s)', (gzip) => {
    // The chunk is [3, 4]; the shape only [2, 3] of it.
    const values = Float32Array.from(numbers);
    const node: Hdf5Node = { kind: 'dataset', shape: [2, 3], chunk: [3, 4], values, gzip };
    const found = open({ d: node }).dataset('d');
    expect(floats(found?.data.bytes() ?? new Uint8Array())).toEqual([0.5, 1.5, 2.5, 4.5, 5.5, 6.5]);
  });

  it('joins lists that Keras splits over numbered attributes', () => {
    const root = open({}, { names0: ['a', 'b'], names1: ['c', 'd'] });
    expect(root.textList('names')).toEqual(['a', 'b', 'c', 'd']);
    expect(root.textList('others')).toBeUndefined();
  });

  it('skips a user block in front', () => {
    const file = hdf5File(group({ d: dataset([2], [1, 2]) }));
    const shifted = new Uint8Array(512 + file.length);
    shifted.set(file, 512);
    expect(openHdf5(memorySource(shifted, 'test.h5')).dataset('d')?.shape).toEqual([2]);
  });
});

describe('hostile HDF5', () => {
  const raw = (...messages: [number, Uint8Array][]): Hdf5Node => ({ kind: 'raw', messages });
  const link = (type: number, ...rest: (Uint8Array | readonly [2, number])[]): Uint8Array =>
    fields([1, 1], [1, 8], [1, type], [1, 4], Uint8Array.from(Buffer.from('leak')), ...rest);
  const shaped = (shape: readonly number[], layout: Uint8Array): [number, Uint8Array][] => [
    [0x01, space(shape)],
    [0x03, floatType],
    [0x08, layout],
  ];
  const contiguous = (address: number, size: number): Uint8Array =>
    fields([1, 3], [1, 1], [8, address], [8, size]);
  const chunked = (address: number): Uint8Array =>
    fields([1, 3], [1, 2], [1, 2], [8, address], [4, 4], [4, 4]);
  const externalPath = Uint8Array.from(Buffer.from('\0/etc/passwd\0/x\0'));

  const cases: [string, Record<string, Hdf5Node>, string, RegExp][] = [
    ['a soft link', { d: { kind: 'soft' } }, 'd', /'\/d' uses a soft link/],
    [
      'an external link',
      { g: raw([0x06, link(64, [2, externalPath.length], externalPath)]) },
      'g/leak',
      /'\/g\/leak' uses an external link to another file/,
    ],
    [
      'external storage',
      { d: raw(...shaped([4], contiguous(0, 16)), [0x07, new Uint8Array(16)]) },
      'd',
      /'\/d' uses external storage/,
    ],
    [
      'a virtual data set',
      { d: raw(...shaped([4], fields([1, 4], [1, 3], [8, 64], [4, 1]))) },
      'd',
      /'\/d' uses a virtual data set/,
    ],
    [
      'a shape of a terabyte',
      { d: raw(...shaped([2 ** 20, 2 ** 18], contiguous(0, 2 ** 40))) },
      'd',
      /'\/d' is damaged: a shape/,
    ],
    [
      'a chunked shape of a terabyte',
      { d: raw(...shaped([2 ** 38], chunked(2048))) },
      'd',
      /'\/d' is damaged: a shape/,
    ],
    [
      'values beyond the end',
      { d: raw(...shaped([4], contiguous(2 ** 40, 16))) },
      'd',
      /'\/d' is damaged: values/,
    ],
    ['values that were never written', { d: raw(...shaped([4], contiguous(-1, 16))) }, 'd', /never written/],
    [
      'an unknown filter',
      { d: raw(...shaped([4], chunked(2048)), [0x0b, pipeline(32000)]) },
      'd',
      /'\/d' uses the compression filter lzf/,
    ],
    [
      'a rank of 200',
      { d: raw([0x01, fields([1, 1], [1, 200], [2, 0], [4, 0])], [0x03, floatType]) },
      'd',
      /200 dimensions/,
    ],
    [
      'a header that continues in itself',
      { d: raw([0x10, fields([8, 96], [8, 64])]) },
      'd',
      /'\/d' is damaged/,
    ],
    [
      'a compound type',
      { d: raw([0x01, space([1])], [0x03, fields([1, 0x16], [1, 0], [2, 0], [4, 8])]) },
      'd',
      /class 6/,
    ],
  ];

  it.each(cases)('%s is refused with its path', (_, entries, path, message) => {
    const read = (): unknown => open(entries).dataset(path)?.data.bytes();
    expect(read).toThrow(message);
  });

  it('a group that holds itself costs no more than the path asks for', () => {
    const root = open({ loop: { kind: 'hard', to: 'root' }, d: dataset([1], [7]) });
    expect(root.dataset('loop/loop/loop/d')?.shape).toEqual([1]);
    expect(() => root.dataset('loop/'.repeat(1000))).toThrow(/too many parts/);
  });

  it('a chunk that is cut off, or unpacks to something else, is refused', () => {
    const file = hdf5File(
      group({
        d: { kind: 'dataset', shape: [1024], chunk: [1024], values: new Float32Array(1024), gzip: true },
      }),
    );
    const at = Buffer.from(file).indexOf(Buffer.from([0x78, 0x9c]));
    expect(at).toBeGreaterThan(0);
    file.fill(0xff, at + 2, at + 8);
    const found = openHdf5(memorySource(file, 'test.h5')).dataset('d');
    expect(() => found?.data.bytes()).toThrow(/'\/d' is damaged: a compressed chunk/);
  });

  it('says what a file is that is none', () => {
    const empty = (size: number) => () => openHdf5(memorySource(new Uint8Array(size), 'x.h5'));
    for (const size of [0, 1, 100, 5000]) expect(empty(size)).toThrow(/'x.h5' is not an HDF5 file/);
  });
});
