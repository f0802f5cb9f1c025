import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@main/ports/clock';

export const nodeClock: Clock = {
  nowIso: () => new Date().toISOString(),
  monotonicNs: () => Number(process.hrtime.bigint()),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    await sleep(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw signal?.reason ?? error;
    });
  },
};
