import type { NamedTensors } from '@shared/model/tensor';
import { RequestError, type Infer, type ServedModel } from './served-model';

const MAX_WAITING = 10_000;

interface Duration {
  count: number;
  ns: number;
}

/** Counts and total durations in ns, as the statistics extension of Triton names them. */
export interface TurnStatistics {
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly compute: Duration;
}

const nowNs = (): number => Math.round(performance.now() * 1e6);

/** One inference after the other, each waiting for its turn; a queue that is too long refuses with 503. */
export class Turns {
  readonly #model: ServedModel;
  readonly statistics: TurnStatistics = {
    success: { count: 0, ns: 0 },
    fail: { count: 0, ns: 0 },
    queue: { count: 0, ns: 0 },
    compute: { count: 0, ns: 0 },
  };
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(model: ServedModel) {
    this.#model = model;
  }

  readonly infer: Infer = (inputs) => {
    if (this.#waiting >= MAX_WAITING) throw new RequestError(503, 'too many requests are waiting');
    this.#waiting += 1;
    const arrivedNs = nowNs();
    const turn = this.#last.then(() => this.#run(inputs, arrivedNs));
    this.#last = turn.catch(() => undefined);
    return turn;
  };

  async #run(inputs: NamedTensors, arrivedNs: number): Promise<NamedTensors> {
    this.#waiting -= 1;
    const startNs = nowNs();
    add(this.statistics.queue, startNs - arrivedNs);
    try {
      const outputs = await this.#model.run(inputs);
      add(this.statistics.compute, nowNs() - startNs);
      add(this.statistics.success, nowNs() - arrivedNs);
      return outputs;
    } catch (error) {
      add(this.statistics.fail, nowNs() - arrivedNs);
      throw error;
    }
  }
}

function add(duration: Duration, ns: number): void {
  duration.count += 1;
  duration.ns += ns;
}
