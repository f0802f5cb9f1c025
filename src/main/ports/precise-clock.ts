/** A monotonic clock in nanoseconds, and waiting for a moment on it. */
export interface PreciseClock {
  nowNs(): number;
  /** Resolves at `ns` or as soon after it as the machine can, well below a millisecond late when it is idle. */
  waitUntil(ns: number): Promise<void>;
}
