interface Waiter {
  readonly order: number;
  readonly go: () => void;
}

/**
 * Places where one thing happens at a time, by name: a device, or this computer. Who waits for a lane delays nobody in another;
 * of those who wait, the one with the smallest order is next, and of equals the one that came first.
 */
export class Lanes {
  readonly #waiting = new Map<string, Waiter[]>();

  /** Does the work when the lane is free. Rejects with the signal's reason when it is aborted while waiting. */
  async hold<T>(
    lane: string,
    order: number,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const turn = this.#enter(lane, order, signal);
    if (turn) await turn;
    try {
      return await work();
    } finally {
      this.#leave(lane);
    }
  }

  /** Whether somebody holds the lane now. */
  isBusy(lane: string): boolean {
    return this.#waiting.has(lane);
  }

  /** Undefined when the lane is free: who holds it then has it at once. */
  #enter(lane: string, order: number, signal: AbortSignal | undefined): Promise<void> | undefined {
    signal?.throwIfAborted();
    const waiting = this.#waiting.get(lane);
    if (!waiting) {
      this.#waiting.set(lane, []);
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        order,
        go: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const at = waiting.findIndex((other) => other.order > order);
      waiting.splice(at < 0 ? waiting.length : at, 0, waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #leave(lane: string): void {
    const next = this.#waiting.get(lane)?.shift();
    if (next) next.go();
    else this.#waiting.delete(lane);
  }
}
