import type { LiveSeries } from '@shared/model/job';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';

const POINTS = 80;

/** What a view draws while a launch is measured: per device, medians of the batches in which samples come in, in ns. */
export class LiveSamples {
  readonly #series = new Map<string, LiveSeries>();

  /** A new launch begins on a device: its line starts anew. */
  begin(serial: string, title: string): void {
    this.#series.set(serial, { serial, title, samples: 0, medianNs: [] });
  }

  add(serial: string, samplesNs: readonly number[]): void {
    const known = this.#series.get(serial);
    if (!known || samplesNs.length === 0) return;
    const medianNs = [...known.medianNs, percentileOfSorted(sorted(samplesNs), 50)].slice(-POINTS);
    this.#series.set(serial, { ...known, samples: known.samples + samplesNs.length, medianNs });
  }

  list(): LiveSeries[] {
    return [...this.#series.values()];
  }
}
