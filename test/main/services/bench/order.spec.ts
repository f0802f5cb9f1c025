import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '@main/services/bench';
import { launchOrder } from '@main/services/bench/order';
import { PROFILE_NAMES, type Profile } from '@shared/model/profile';
import { minimumSamples } from '@shared/statistics/percentile';
import { appRoot } from '@test/support/runner';

const shipped = (name: string): unknown =>
  JSON.parse(readFileSync(join(appRoot, 'resources/profiles', `${name}.json`), 'utf8'));
const profile = (order: Profile['order']): Profile =>
  parseProfile(shipped('standard'), { order, launches: 3 });
const text = (order: Profile['order'], seed = 's'): string =>
  launchOrder(2, profile(order), seed)
    .map(({ series, launch }) => `${'AB'[series]}${launch}`)
    .join(' ');

describe('the order of launches', () => {
  it('is as the profile says', () => {
    expect(text('sequential')).toBe('A0 A1 A2 B0 B1 B2');
    expect(text('interleaved')).toBe('A0 B0 A1 B1 A2 B2');
  });

  it('is random turn by turn, and the same for the same seed', () => {
    const orders = new Set(Array.from({ length: 50 }, (_, i) => text('random', `plan ${i}`)));
    expect(orders.size).toBeGreaterThan(3);
    for (const order of orders)
      expect(order.split(' ').map((word) => word[1])).toEqual(['0', '0', '1', '1', '2', '2']);
    expect(text('random', 'x')).toBe(text('random', 'x'));
  });
});

describe('the shipped profiles', () => {
  it.each(PROFILE_NAMES)('%s takes enough samples for the percentiles it shows', (name) => {
    const { percentiles, samplesPerLaunch } = parseProfile(shipped(name));
    for (const percent of percentiles.filter((one) => one > 50))
      expect(samplesPerLaunch).toBeGreaterThanOrEqual(minimumSamples(percent));
  });

  it('refuse numbers that make no sense', () => {
    expect(() => parseProfile(shipped('quick'), { launches: 0 })).toThrow(/launches/);
  });
});
