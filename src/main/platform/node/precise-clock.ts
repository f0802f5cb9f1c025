import type { PreciseClock } from '@main/ports/precise-clock';

/** Timers are exact to about a millisecond; what is left is waited for turn by turn of the event loop. */
const TIMER_SLACK_NS = 1.5e6;

const nowNs = (): number => performance.now() * 1e6;

export const preciseClock: PreciseClock = {
  nowNs,
  waitUntil: (ns) =>
    new Promise((resolve) => {
      const turn = (): void => {
        const left = ns - nowNs();
        if (left <= 0) resolve();
        else if (left > TIMER_SLACK_NS) setTimeout(turn, (left - TIMER_SLACK_NS) / 1e6);
        else setImmediate(turn);
      };
      turn();
    }),
};
