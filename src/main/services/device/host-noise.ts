import { setImmediate as breath } from 'node:timers/promises';

const ROUNDS = 300;
const WARM_UP = 100;
const STEPS = 60_000;
const PAUSE_EVERY = 20;

/** How much longer the slowest tenth of some fixed work takes than the median, as a share: what else goes on in this computer. */
export async function hostNoise(): Promise<number> {
  const tookMs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    if (round % PAUSE_EVERY === 0) await breath();
    const from = performance.now();
    work();
    if (round >= WARM_UP) tookMs.push(performance.now() - from);
  }
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.floor(tookMs.length * share)] ?? Number.NaN;
  return Math.max(0, at(0.9) / at(0.5) - 1);
}

function work(): number {
  let x = 1;
  for (let i = 0; i < STEPS; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}
