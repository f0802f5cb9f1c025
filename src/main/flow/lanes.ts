interface Waiter {
  readonly order: () => number;
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
    order: number | (() => number),
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const turn = this.#enter(lane, typeof order === 'number' ? () => order : order, signal);
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
  #enter(lane: string, order: () => number, signal: AbortSignal | undefined): Promise<void> | undefined {
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
      waiting.push(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #leave(lane: string): void {
    const waiting = this.#waiting.get(lane) ?? [];
    // Asked now, as it may have changed since they came.
    const orders = waiting.map(({ order }) => order());
    const [next] = waiting.splice(orders.indexOf(Math.min(...orders)), 1);
    if (next) next.go();
    else this.#waiting.delete(lane);
  }
}
