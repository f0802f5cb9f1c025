import { describe, expect, it } from 'vitest';
import { errorsText, splitText } from '@shared/text/cloud-text';
import { networkText } from '@shared/text/network-text';

describe('a cloud baseline in words', () => {
  it('names the parts that are known, in the order in which they happen', () => {
    expect(splitText({ computeNs: 4e6, uploadNs: 0.5e6, queueNs: 5000 })).toBe(
      'upload 500 µs · queue 5.00 µs · compute 4.00 ms',
    );
    expect(splitText({})).toBe('');
  });

  it('adds up errors by kind over all windows', () => {
    const window = { durationNs: 1, scheduled: 9, answered: 1, dropped: 0 };
    const windows = [
      { ...window, errors: { timeout: 2, 'wrong-answer': 1 } },
      { ...window, dropped: 4, errors: { timeout: 1 } },
    ];
    expect(errorsText({ windows })).toBe('3 timeouts, 1 wrong answers, 4 not sent');
    expect(errorsText({ windows: [] })).toBe('');
  });

  it('tells a simulated network by its figures', () => {
    const network = {
      name: '4g' as const,
      rttMs: 50,
      jitterMs: 6,
      upKbps: 12_000,
      downKbps: 0,
      lossPercent: 0.1,
    };
    expect(networkText(network)).toBe(
      '4g: 50 ms round trip ± 6 ms, 12 Mbit/s up, unlimited down, 0.1 % lost',
    );
  });
});
