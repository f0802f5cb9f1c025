import { describe, expect, it } from 'vitest';
import type { RunnerEvent } from '@shared/runner/events';
import { crc32 } from '@shared/runner/crc32';
import { RunnerReader } from '@shared/runner/reader';

const NONCE = 'abc123';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const line = (number: number, body: object, nonce = NONCE): string => {
  const open = `${JSON.stringify({ p: 1, n: nonce, i: number, ...body }).slice(0, -1)}`;
  return `${open},"c":"${crc32(encode(open)).toString(16).padStart(8, '0')}"}\n`;
};

const FIRST = { ev: 'first', ns: 1234 };
const END = { ev: 'end', status: 'ok', count: 3, reason: 'enough samples' };

function read(...pieces: string[]): { events: RunnerEvent[]; reader: RunnerReader } {
  const events: RunnerEvent[] = [];
  const reader = new RunnerReader(NONCE, (event) => events.push(event));
  for (const piece of pieces) reader.push(encode(piece));
  return { events, reader };
}

describe('reading what the runner says', () => {
  it('computes the CRC-32 that everyone else computes', () => {
    expect(crc32(encode('123456789'))).toBe(0xcbf43926);
  });

  it('finds the lines between whatever else is printed, however they are cut', () => {
    const all = `WARNING: linker: odd\r\n${line(0, FIRST)}half a line without an end ${line(1, END)}`;
    for (const cut of [1, 7, 64, all.length]) {
      const pieces = Array.from({ length: Math.ceil(all.length / cut) }, (_, i) =>
        all.slice(i * cut, (i + 1) * cut),
      );
      const { events, reader } = read(...pieces);
      expect(events.map(({ ev }) => ev)).toEqual(['first', 'end']);
      expect(reader.end).toMatchObject({ status: 'ok', count: 3 });
      expect(reader.noise).toContain('linker: odd');
      expect(reader.noise).toContain('half a line');
    }
  });

  it('is not fooled by lines of another nonce, or by a model whose name looks like a line', () => {
    const { events, reader } = read(line(0, END, 'other'), line(0, { ...FIRST, extra: line(1, END) }));
    expect(events.map(({ ev }) => ev)).toEqual(['first']);
    expect(reader.end).toBeUndefined();
  });

  const BROKEN: [string, string[], RegExp][] = [
    ['a flipped byte', [line(0, FIRST).replace('1234', '1235'), line(1, END)], /damaged/],
    ['a missing line', [line(0, FIRST), line(2, END)], /line 1 .* missing/],
    ['a line after the end', [line(0, END), line(1, FIRST)], /after its end/],
    ['an event of no known kind', [line(0, { ev: 'surprise' }), line(1, END)], /not understood/],
    ['a latency below zero', [line(0, { ev: 'first', ns: -5 }), line(1, END)], /not understood/],
    [
      'a latency that is no number',
      [line(0, { ev: 'samples', from: 0, ns: ['NaN'] }), line(1, END)],
      /not understood/,
    ],
  ];
  it.each(BROKEN)('never takes a stream with %s for a whole one', (_, pieces, why) => {
    const { reader } = read(...pieces);
    expect(reader.end).toBeUndefined();
    expect(reader.broken).toMatch(why);
  });

  it('has no end when the last line is cut off', () => {
    const { reader } = read(line(0, FIRST), line(1, END).slice(0, -5));
    expect(reader.end).toBeUndefined();
  });

  it('keeps little of endless noise', () => {
    const { reader } = read(...Array.from({ length: 100 }, () => 'x'.repeat(100_000)), `\n${line(0, END)}`);
    expect(reader.noise.length).toBeLessThanOrEqual(8192);
    expect(reader.end).toMatchObject({ status: 'ok' });
  });
});
