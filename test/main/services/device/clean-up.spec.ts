import { expect, it } from 'vitest';
import { filesToRemove } from '@main/services/device/clean-up';

const NOW = 1_800_000_000;
const DAY = 86_400;
const name = (digit: string): string => digit.repeat(64);
const listing = (...files: [string, daysUnused: number, bytes: number][]): string =>
  [NOW, ...files.map(([file, days, bytes]) => `${NOW - days * DAY} ${bytes} ${file}`)].join('\n');

it('removes what nobody used for a month', () => {
  expect(filesToRemove(listing([name('a'), 31, 1], [name('b'), 29, 1]))).toEqual([name('a')]);
});

it('removes the longest unused of too much, but nothing that was used today', () => {
  const files = listing([name('a'), 2, 3e9], [name('b'), 5, 1e9], [name('c'), 0.5, 3e9], [name('d'), 3, 1e9]);
  expect(filesToRemove(files)).toEqual([name('b'), name('d'), name('a')]);
  expect(filesToRemove(listing([name('a'), 0.1, 9e9], [name('b'), 0.2, 9e9]))).toEqual([]);
});

it('leaves alone what is not named as ours, and everything when the answer is not understood', () => {
  const old = listing(['model.tflite', 99, 1], [`../${name('a')}`, 99, 1], [name('A'), 99, 1]);
  expect(filesToRemove(old)).toEqual([]);
  for (const garbage of ['', 'sh: date: not found', `x\n0 1 ${name('a')}`])
    expect(filesToRemove(garbage)).toEqual([]);
});
