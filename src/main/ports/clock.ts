/** Time, as services see it. */
export interface Clock {
  /** Wall clock, ISO 8601 in UTC; never used for durations. */
  nowIso(): string;
  /** Monotonic, in nanoseconds since some fixed moment. */
  monotonicNs(): number;
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
