import type { CloudErrorKind, CloudWindow, Load } from '@shared/model/cloud';
import type { PreciseClock } from '@main/ports/precise-clock';
import type { Attempt } from './attempt';

/** What a window's right answers were made of, in ns. */
export interface Parts {
  readonly clientNs: number[];
  readonly uploadNs: number[];
  readonly downloadNs: number[];
  readonly connectNs: number[];
  readonly tlsNs: number[];
}

export interface MeasuredWindow extends CloudWindow {
  readonly parts: Parts;
  readonly maxAbs: number;
  readonly responseBytes: number;
}

class Recorder {
  readonly samplesNs: number[] = [];
  readonly errors: Partial<Record<CloudErrorKind, number>> = {};
  readonly parts: Parts = { clientNs: [], uploadNs: [], downloadNs: [], connectNs: [], tlsNs: [] };
  scheduled = 0;
  dropped = 0;
  maxAbs = 0;
  responseBytes = 0;

  /** `dueNs` is when the request should have been sent: what it waited on our side belongs to its latency. */
  record(result: Attempt, dueNs: number): void {
    if (!result.ok) {
      this.errors[result.kind] = (this.errors[result.kind] ?? 0) + 1;
      return;
    }
    const { timing, body } = result.reply;
    this.samplesNs.push(Math.max(0, Math.round(timing.endedNs - dueNs)));
    this.parts.clientNs.push(timing.startedNs - dueNs);
    this.parts.uploadNs.push(
      timing.writtenNs - timing.startedNs - (timing.connectNs ?? 0) - (timing.tlsNs ?? 0),
    );
    this.parts.downloadNs.push(timing.endedNs - timing.firstByteNs);
    if (timing.connectNs !== undefined) this.parts.connectNs.push(timing.connectNs);
    if (timing.tlsNs !== undefined) this.parts.tlsNs.push(timing.tlsNs);
    this.maxAbs = Math.max(this.maxAbs, result.maxAbs);
    this.responseBytes = body.length;
  }

  finish(durationNs: number): MeasuredWindow {
    const { samplesNs, errors, parts, scheduled, dropped, maxAbs, responseBytes } = this;
    return {
      durationNs,
      scheduled,
      answered: samplesNs.length,
      dropped,
      errors,
      samplesNs,
      parts,
      maxAbs,
      responseBytes,
    };
  }
}

export interface WindowSource {
  readonly clock: PreciseClock;
  readonly load: Load;
  /** Sends the next request. */
  readonly send: () => Promise<Attempt>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Open loop: requests leave when they are due, whatever became of those before; latency counts from that moment, so a stall is
 * felt by every request that it delays. Only beyond what can be answered within the timeout are requests dropped.
 */
async function openWindow(source: WindowSource, gap: () => number): Promise<MeasuredWindow> {
  const { clock, load, signal } = source;
  const recorder = new Recorder();
  const limit = Math.max(load.concurrency, Math.ceil((load.ratePerSecond * load.timeoutMs) / 1000));
  const pending = new Set<Promise<void>>();
  let failure: unknown;
  const startNs = clock.nowNs();
  let dueNs = startNs + gap();
  while (dueNs - startNs < load.windowMs * 1e6 || recorder.scheduled < load.windowRequests) {
    if (signal?.aborted === true || failure !== undefined) break;
    if (clock.nowNs() < dueNs) await clock.waitUntil(dueNs);
    recorder.scheduled += 1;
    const due = dueNs;
    dueNs += gap();
    if (pending.size >= limit) {
      recorder.dropped += 1;
      // Lets answers come in: without it a loop that is late would never yield.
      await clock.waitUntil(clock.nowNs() + 1);
      continue;
    }
    const one = source
      .send()
      .then((result) => recorder.record(result, due))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => pending.delete(one));
    pending.add(one);
  }
  const durationNs = clock.nowNs() - startNs;
  await Promise.all(pending);
  if (failure !== undefined) throw failure;
  return recorder.finish(durationNs);
}

/** Closed loop: each of `concurrency` clients sends its next request after the reply to its last one. */
async function closedWindow(source: WindowSource): Promise<MeasuredWindow> {
  const { clock, load, signal } = source;
  const recorder = new Recorder();
  const startNs = clock.nowNs();
  const open = () =>
    clock.nowNs() - startNs < load.windowMs * 1e6 || recorder.scheduled < load.windowRequests;
  const client = async (): Promise<void> => {
    while (open() && signal?.aborted !== true) {
      recorder.scheduled += 1;
      const dueNs = clock.nowNs();
      recorder.record(await source.send(), dueNs);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, client));
  return recorder.finish(clock.nowNs() - startNs);
}

/** Measures one window of a load. `gap` goes on from window to window. */
export const measureWindow = (source: WindowSource, gap: () => number): Promise<MeasuredWindow> =>
  source.load.kind === 'closed' ? closedWindow(source) : openWindow(source, gap);
