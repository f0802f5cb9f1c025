import { describe, expect, it } from 'vitest';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';
import type { PreciseClock } from '@main/ports/precise-clock';
import { arrivalGaps } from '@main/services/cloud/arrivals';
import type { Attempt } from '@main/services/cloud/attempt';
import { isStable } from '@main/services/cloud/stability';
import { measureWindow } from '@main/services/cloud/window';
import { shortLoad } from '@test/support/cloud-plan';

/** Time that passes only when everybody waits, so that a ten-second measurement is exact and takes no ten seconds. */
class VirtualTime implements PreciseClock {
  #now = 0;
  #timers: { at: number; wake: () => void }[] = [];
  #pumping = false;

  nowNs(): number {
    return this.#now;
  }

  waitUntil(ns: number): Promise<void> {
    return new Promise((wake) => {
      this.#timers.push({ at: Math.max(ns, this.#now), wake });
      if (!this.#pumping) {
        this.#pumping = true;
        setImmediate(() => this.#pump());
      }
    });
  }

  #pump(): void {
    this.#timers.sort((a, b) => a.at - b.at);
    const next = this.#timers.shift();
    this.#pumping = this.#timers.length > 0;
    if (next === undefined) return;
    this.#now = next.at;
    next.wake();
    if (this.#pumping) setImmediate(() => this.#pump());
  }
}

/** A server that answers one request after the other in `serviceNs` each, but none during the stall. */
function stallingServer(time: VirtualTime, serviceNs: number, stallFromNs: number, stallToNs: number) {
  let freeNs = 0;
  return async (): Promise<Attempt> => {
    const startedNs = time.nowNs();
    let startNs = Math.max(startedNs, freeNs);
    if (startNs >= stallFromNs && startNs < stallToNs) startNs = stallToNs;
    freeNs = startNs + serviceNs;
    await time.waitUntil(freeNs);
    const timing = { startedNs, writtenNs: startedNs, firstByteNs: freeNs, endedNs: time.nowNs() };
    return { ok: true, maxAbs: 0, reply: { status: 200, headers: {}, body: new Uint8Array(), timing } };
  };
}

const RATE = 1000;
const STALL_NS = 1.4e9;
const SERVICE_NS = 0.2e6;

describe('a planted stall of 1.4 s at 1,000 requests per second', () => {
  const measured = async (kind: 'constant' | 'poisson' | 'closed') => {
    const time = new VirtualTime();
    const load = shortLoad({ kind, ratePerSecond: RATE, windowMs: 10_000, concurrency: 8 });
    const send = stallingServer(time, SERVICE_NS, 3e9, 3e9 + STALL_NS);
    return measureWindow({ clock: time, load, send }, arrivalGaps(load));
  };

  it.each(['constant', 'poisson'] as const)('gives the analytic p99 with %s arrivals', async (kind) => {
    const window = await measured(kind);
    expect(window.dropped).toBe(0);
    const p99Ns = percentileOfSorted(sorted(window.samplesNs), 99);
    // Of 10,000 requests the hundredth worst was due 100 requests after the stall began; those before it are served first.
    const late = 0.01 * window.scheduled;
    const analyticNs = STALL_NS - late * (1e9 / RATE) + late * SERVICE_NS;
    expect(Math.abs(p99Ns / analyticNs - 1)).toBeLessThan(0.05);
  });

  it('is hidden by a closed loop, which is why that is labelled', async () => {
    const window = await measured('closed');
    expect(percentileOfSorted(sorted(window.samplesNs), 99)).toBeLessThan(10e6);
  });
});

describe('requests that cannot be answered within the timeout', () => {
  it('are dropped and counted, never averaged', async () => {
    const time = new VirtualTime();
    const load = shortLoad({ ratePerSecond: 100, windowMs: 2000, timeoutMs: 500, concurrency: 4 });
    const window = await measureWindow(
      { clock: time, load, send: stallingServer(time, 1e6, 0, 5e9) },
      arrivalGaps(load),
    );
    expect(window.scheduled).toBeGreaterThanOrEqual(199);
    expect(window.answered).toBe(50);
    expect(window.dropped).toBe(window.scheduled - 50);
  });
});

describe('Poisson arrivals', () => {
  it('are exponential with the rate asked for, and the same for the same seed', () => {
    const gap = arrivalGaps({ kind: 'poisson', ratePerSecond: 200, seed: 5 });
    const gaps = Array.from({ length: 20_000 }, gap);
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    expect(Math.abs(mean / 5e6 - 1)).toBeLessThan(0.03);
    // An exponential distribution's standard deviation is its mean; 63.2 % lie below it.
    expect(gaps.filter((value) => value < mean).length / gaps.length).toBeCloseTo(0.632, 1);
    const again = arrivalGaps({ kind: 'poisson', ratePerSecond: 200, seed: 5 });
    expect(Array.from({ length: 100 }, again)).toEqual(gaps.slice(0, 100));
  });
});

describe('the rule of stability', () => {
  const window = (medianNs: number, perSecond: number) => ({
    durationNs: 1e9,
    scheduled: perSecond,
    answered: perSecond,
    dropped: 0,
    errors: {},
    samplesNs: Array.from({ length: perSecond }, () => medianNs),
  });

  it('needs three windows within 10 % in latency and in throughput', () => {
    expect(isStable([window(100, 50), window(100, 50)])).toBe(false);
    expect(isStable([window(500, 10), window(100, 50), window(105, 52), window(95, 49)])).toBe(true);
    expect(isStable([window(100, 50), window(100, 50), window(130, 50)])).toBe(false);
    expect(isStable([window(100, 50), window(100, 50), window(100, 30)])).toBe(false);
    expect(isStable([window(100, 0), window(100, 0), window(100, 0)])).toBe(false);
  });
});
