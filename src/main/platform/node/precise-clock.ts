import type { PreciseClock } from '@main/ports/precise-clock';

/** Timers are exact to about a millisecond; what is left is waited for turn by turn of the event loop. */
const TIMER_SLACK_NS = 1.5e6;
/**
 * A turn, and each look at the clock, makes a little garbage. Without pauses between them the young generation is full every
 * 25 ms, and collecting it (0.5 ms) makes one request in thirty late.
 */
const TURN_NS = 20_000;
const LOOKS_PER_TURN = 8;

const nowNs = (): number => performance.now() * 1e6;

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Does nothing for a while; loads of shared memory are not optimised away. */
function spin(rounds: number): void {
  for (let i = 0; i < rounds; i += 1) Atomics.load(cell, 0);
}

let roundsPerLook = 500;

/** Keeps the thread until a moment at most one turn away. */
function pause(fromNs: number, untilNs: number): void {
  let now = fromNs;
  while (now < untilNs) {
    spin(roundsPerLook);
    const before = now;
    now = nowNs();
    // As long as a look should take on this computer, whatever its speed.
    const wanted = TURN_NS / LOOKS_PER_TURN;
    if (now - before < wanted / 2) roundsPerLook = Math.min(100_000, roundsPerLook * 2);
    else if (now - before > wanted * 2) roundsPerLook = Math.max(50, Math.floor(roundsPerLook / 2));
  }
}

export const preciseClock: PreciseClock = {
  nowNs,
  waitUntil: (ns) =>
    new Promise((resolve) => {
      const turn = (): void => {
        const now = nowNs();
        const left = ns - now;
        if (left > TIMER_SLACK_NS) {
          setTimeout(turn, (left - TIMER_SLACK_NS) / 1e6);
          return;
        }
        pause(now, Math.min(ns, now + TURN_NS));
        if (left <= TURN_NS) resolve();
        else setImmediate(turn);
      };
      turn();
    }),
};
