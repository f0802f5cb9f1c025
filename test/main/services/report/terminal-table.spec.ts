import { describe, expect, it } from 'vitest';
import { comparisonTable, terminalTable } from '@main/services/report';
import { durationText } from '@main/services/report/format';
import { printable, textWidth } from '@main/services/report/text-width';
import { compareEdgeWithCloud } from '@main/services/compare';
import { sampleBaseline } from '@test/support/sample-baseline';
import { sampleRun } from '@test/support/sample-run';

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

  it('shows edge and cloud side by side', () => {
    const table = comparisonTable(
      compareEdgeWithCloud({
        model: { hash: 'a', name: 'digits' },
        runs: [sampleRun()],
        baselines: [sampleBaseline()],
      }),
    ).split('\n');
    expect(table).toHaveLength(4);
    expect(table[2]).toMatch(/^Acme One · int8 .* measured$/);
    expect(table[3]).toMatch(/^Embedded server · 4g \(simulated\) .* simulated$/);
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
