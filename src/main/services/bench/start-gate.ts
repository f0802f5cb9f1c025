import type { Clock } from '@main/ports/clock';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { DeviceConditions } from '@shared/model/device';
import type { Gate } from '@shared/model/profile';
import { whyNotNow } from './spoiled';

const ASK_EVERY_MS = 2000;

export interface Passed {
  readonly conditions: DeviceConditions;
  /** Why a launch must not begin even now, after the longest wait. */
  readonly obstacle?: string;
}

/** Holds launches back until the device is fit to be measured, and says for what it waits. */
export class StartGate {
  readonly #target: RunnerTarget;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #onWait: (why: string, seconds: number) => void;
  #start: DeviceConditions | undefined;
  /** One whole wait was in vain: the next launch is not waited for again, until the device is fit once. */
  #vain = false;

  constructor(
    target: RunnerTarget,
    clock: Clock,
    gate: Gate,
    onWait: (why: string, seconds: number) => void,
  ) {
    this.#target = target;
    this.#clock = clock;
    this.#gate = gate;
    this.#onWait = onWait;
  }

  /** As the device was when the plan began. */
  async open(signal?: AbortSignal): Promise<DeviceConditions> {
    this.#start = await this.#target.conditions(signal);
    return this.#start;
  }

  async pass(signal?: AbortSignal): Promise<Passed> {
    const begin = this.#clock.monotonicNs();
    let told: string | undefined;
    for (;;) {
      const conditions = await this.#target.conditions(signal);
      const obstacle = whyNotNow(conditions, this.#gate, this.#start);
      if (obstacle === undefined) {
        this.#vain = false;
        return { conditions };
      }
      const left = this.#gate.waitSeconds - (this.#clock.monotonicNs() - begin) / 1e9;
      if (this.#vain || left <= 0) {
        this.#vain = true;
        return { conditions, obstacle };
      }
      if (obstacle !== told) this.#onWait(obstacle, Math.ceil(left));
      told = obstacle;
      await this.#clock.sleep(Math.min(ASK_EVERY_MS, left * 1000), signal);
    }
  }
}
