import type { Progress } from '@shared/model/job';
import type { Profile } from '@shared/model/profile';
import type { BenchEvent } from '../services/bench';

/** What a measurement on one device is at: each event as a line for people, with the share of the launches that is done. */
export class BenchProgress {
  readonly #profile: Pick<Profile, 'samplesPerLaunch' | 'secondsPerLaunch'>;
  readonly #nowNs: () => number;
  #done = 0;
  #total = 0;
  #shown: Progress = { stage: 'measure', message: 'Measuring' };
  #launch = 'Measuring';
  #samples = 0;
  #firstSampleNs = 0;

  constructor(profile: Pick<Profile, 'samplesPerLaunch' | 'secondsPerLaunch'>, nowNs: () => number) {
    this.#profile = profile;
    this.#nowNs = nowNs;
  }

  take(event: BenchEvent): Progress {
    this.#shown = { ...this.#told(event), ...(this.#total > 0 ? { fraction: this.#fraction() } : {}) };
    return this.#shown;
  }

  #told(event: BenchEvent): Progress {
    const { serial } = event;
    switch (event.kind) {
      case 'sending': {
        const share = event.of > 0 ? Math.min(100, Math.round((100 * event.bytes) / event.of)) : 100;
        return {
          stage: `send ${serial} ${event.name}`,
          message: `Sending ${event.name} to ${serial}: ${share} %`,
        };
      }
      case 'launching':
        [this.#done, this.#total, this.#samples] = [event.done, event.total, 0];
        this.#launch = `Measuring ${event.name} on ${serial}: launch ${event.launch + 1} of ${event.of}`;
        return { stage: `measure ${serial} ${event.name} ${event.launch}`, message: this.#launch };
      case 'warming':
        return {
          stage: this.#shown.stage,
          message: `${this.#launch}, warming up (${event.runs} inferences)`,
        };
      case 'samples':
        if (this.#samples === 0) this.#firstSampleNs = this.#nowNs();
        this.#samples += event.samplesNs.length;
        return { stage: this.#shown.stage, message: this.#launch };
      case 'cooling':
        this.#between();
        return { stage: `cool ${serial}`, message: `Letting ${serial} cool down` };
      case 'waiting':
        this.#between();
        return {
          stage: `wait ${serial} ${event.why}`,
          message: `Waiting up to ${event.seconds} s for ${serial}: ${event.why}`,
        };
    }
  }

  /** The launch that was under way is over. */
  #between(): void {
    if (this.#samples > 0) this.#done = Math.min(this.#total, this.#done + 1);
    this.#samples = 0;
  }

  /** A launch is over when it has samples enough and has taken long enough: what is further from it tells how far it is. */
  #fraction(): number {
    const seconds = (this.#nowNs() - this.#firstSampleNs) / 1e9;
    const shares = [
      this.#samples / Math.max(1, this.#profile.samplesPerLaunch),
      this.#profile.secondsPerLaunch > 0 ? seconds / this.#profile.secondsPerLaunch : 1,
    ];
    const within = this.#samples > 0 ? Math.min(1, ...shares) : 0;
    return Math.min(1, (this.#done + within) / this.#total);
  }
}
