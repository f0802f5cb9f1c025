import type { EngineClient } from '@shared/api/contract';
import type { RunStatus } from '@shared/model/run';

/** A run as somebody was once told that it is in the history. */
export interface Seen {
  readonly status: RunStatus;
  /** Launches, each with its samples. */
  readonly samples: readonly number[];
}

/** Looks at the history again and again from outside, and remembers all that it was ever shown. */
export class Witness {
  readonly seen = new Map<string, Seen>();
  readonly #client: EngineClient;
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(client: EngineClient) {
    this.#client = client;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      await this.note();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  async note(): Promise<void> {
    const { runs } = await this.#client.runs.list({ limit: 1000 });
    for (const { id, status } of runs) {
      const known = this.seen.get(id);
      if (known && known.status !== 'interrupted') continue;
      const { launches } = await this.#client.runs.get({ id });
      this.seen.set(id, { status, samples: launches.map(({ samples }) => samples) });
    }
  }
}

/** What is wrong with a history in which all that was seen must still be; nothing when all is well. */
export function lostOf(seen: ReadonlyMap<string, Seen>, now: ReadonlyMap<string, Seen>): string[] {
  const wrong: string[] = [];
  for (const [id, before] of seen) {
    const after = now.get(id);
    if (!after) wrong.push(`run ${id} is gone`);
    else if (before.samples.some((count, i) => after.samples[i] !== count))
      wrong.push(
        `run ${id} had launches of ${before.samples.join(', ')} samples, now ${after.samples.join(', ')}`,
      );
    else if (before.status !== 'interrupted' && before.status !== after.status)
      wrong.push(`run ${id} was ${before.status}, now ${after.status}`);
  }
  return wrong;
}
