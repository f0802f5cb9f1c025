import { describe, expect, it } from 'vitest';
import { durationText, millisText } from '@shared/text/figures';
import { table, terminalTable } from '@shared/text/terminal-table';
import { printable, textWidth } from '@shared/text/text-width';

describe('width of a text in a terminal', () => {
  it.each([
    ['abc', 3],
    ['µs –', 4],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['', 0],
  ])('of %s is %i cells', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('a table', () => {
  const columns = [
    { title: 'Name', align: 'left', maxWidth: 8 },
    { title: 'p50', align: 'right' },
  ] as const;

  it('lines up wide and combining characters', () => {
    expect(
      terminalTable(columns, [
        ['日本', '4.00 ms'],
        ['cafe\u0301', '12.0 ms'],
        ['much too long', '1 ns'],
      ]),
    ).toBe(
      [
        'Name          p50',
        '────────  ───────',
        '日本      4.00 ms',
        'cafe\u0301      12.0 ms',
        'much to…     1 ns',
      ].join('\n'),
    );
  });

  it('shows hostile names without moving the cursor or the direction', () => {
    expect(printable('a\u001b[2Jb\u001b]0;x\u0007c\r\n\u202ed')).toBe('ab ]0;x c  d');
  });

  it('puts columns of figures right and cuts nothing when only titles are given', () => {
    const long = 'x'.repeat(60);
    expect(
      table(
        ['model', 'p50 ms'],
        [
          [long, millisText(4_123_456)],
          ['b', millisText(null)],
        ],
      ).split('\n'),
    ).toEqual([
      `model${' '.repeat(55)}  p50 ms`,
      `${'─'.repeat(60)}  ──────`,
      `${long}   4.123`,
      `b${' '.repeat(59)}       –`,
    ]);
  });
});

describe('durations', () => {
  it.each([
    [null, '–'],
    [950, '950 ns'],
    [1500, '1.50 µs'],
    [4_123_456, '4.12 ms'],
    [12_345_678, '12.3 ms'],
    [9_500_000_000, '9500 ms'],
    [25_000_000_000, '25.0 s'],
  ])('%s are %s', (ns, text) => {
    expect(durationText(ns)).toBe(text);
  });
});
