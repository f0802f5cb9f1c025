import type { ZodType } from 'zod';
import { AppError } from '@shared/error/app-error';
import type { PartState, PlanPart } from '@shared/model/queue';
import type { SqlConnection, SqlDatabase, SqlRow } from '@main/ports/sql';

/** What somebody wants of a part that a process is at work on; that process sees to it. */
export type PartWish = 'pause' | 'resume' | 'cancel';

export interface StoredPart extends Omit<PlanPart, 'fraction'> {
  readonly wish: PartWish | null;
  /** So often in a row a process died while it measured this, without one more launch. */
  readonly deaths: number;
}

export interface StoredPlan {
  readonly id: string;
  readonly title: string;
  readonly addedAt: string;
  /** The process that is at work on it; null when none is. It may have died. */
  readonly owner: string | null;
  readonly parts: readonly StoredPart[];
}

export interface NewPlan {
  readonly id: string;
  readonly title: string;
  readonly addedAt: string;
  readonly owner: string | null;
  readonly request: unknown;
  readonly serials: readonly string[];
}

/** Ended plans that are kept to be looked at; their runs are in the history whatever happens to them. */
const MOST_ENDED = 100;
const ENDED = "('done', 'failed', 'cancelled')";

const notFound = (id: string): AppError =>
  new AppError('job.not-found', `There is no plan "${id.slice(0, 80)}" in the queue: see "edgebench queue".`);

/** The queue of benchmarks, and who is at work on which device; what has been awaited is on the disk. */
export class PlanStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async add({ id, title, addedAt, owner, request, serials }: NewPlan): Promise<void> {
    await this.#database.transaction(async (connection) => {
      await connection.run('INSERT INTO plan (id, title, request, added_at, owner) VALUES (?, ?, ?, ?, ?)', [
        id,
        title,
        JSON.stringify(request),
        addedAt,
        owner,
      ]);
      const row = (await connection.all('SELECT coalesce(max(position), 0) + 1 AS next FROM plan_part'))[0];
      for (const serial of serials)
        await connection.run(
          "INSERT INTO plan_part (plan, serial, position, state, message) VALUES (?, ?, ?, 'queued', 'Waiting')",
          [id, serial, Number(row?.['next'])],
        );
      await forgetEnded(connection);
    });
  }

  /** In the order in which they were added. */
  async list(): Promise<readonly StoredPlan[]> {
    const [plans, parts] = [
      await this.#database.all('SELECT id, title, added_at, owner FROM plan ORDER BY sequence'),
      await this.#database.all('SELECT * FROM plan_part ORDER BY plan, position, serial'),
    ];
    const byPlan = new Map<string, StoredPart[]>();
    for (const row of parts) {
      const plan = String(row['plan']);
      byPlan.set(plan, [...(byPlan.get(plan) ?? []), partOf(row)]);
    }
    return plans.map((row) => ({
      id: String(row['id']),
      title: String(row['title']),
      addedAt: String(row['added_at']),
      owner: row['owner'] == null ? null : String(row['owner']),
      parts: byPlan.get(String(row['id'])) ?? [],
    }));
  }

  /** The only plan whose id begins with `prefix`. Rejects with `job.not-found`, or `usage.wrong` when there are several. */
  async find(prefix: string): Promise<StoredPlan> {
    const found = (await this.list()).filter(({ id }) => prefix !== '' && id.startsWith(prefix));
    const [first] = found;
    if (!first) throw notFound(prefix);
    if (found.length > 1)
      throw new AppError('usage.wrong', `Several plans begin with "${prefix}". Give more of the id.`);
    return first;
  }

  /** What was asked for, by the schema it was asked with; an older version's request may not fit any more. */
  async request<T>(id: string, schema: ZodType<T>): Promise<T> {
    const row = (await this.#database.all('SELECT request FROM plan WHERE id = ?', [id]))[0];
    if (!row) throw notFound(id);
    const parsed = schema.safeParse(JSON.parse(String(row['request'])));
    if (parsed.success) return parsed.data;
    throw new AppError(
      'store.failed',
      `The queued plan ${id} was made by another version of Edgebench: cancel it, and add it anew.`,
      { details: { reason: 'damaged' }, cause: parsed.error },
    );
  }

  /** Takes a plan for a process, unless another took it since `known` was its owner. */
  async claim(id: string, known: string | null, owner: string): Promise<boolean> {
    return (
      (await this.#database.run('UPDATE plan SET owner = ? WHERE id = ? AND owner IS ?', [
        owner,
        id,
        known,
      ])) > 0
    );
  }

  async release(id: string): Promise<void> {
    await this.#database.run('UPDATE plan SET owner = NULL WHERE id = ?', [id]);
  }

  async setPart(id: string, serial: string, state: PartState, message: string): Promise<void> {
    await this.#database.run('UPDATE plan_part SET state = ?, message = ? WHERE plan = ? AND serial = ?', [
      state,
      message.slice(0, 4096),
      id,
      serial,
    ]);
  }

  /** Counts the death of a process that was at work on it; 0 when there was progress, or somebody wants it tried again. */
  async setDeaths(id: string, serial: string, deaths: number): Promise<void> {
    await this.#database.run('UPDATE plan_part SET deaths = ? WHERE plan = ? AND serial = ?', [
      deaths,
      id,
      serial,
    ]);
  }

  /** For one part, or for all of a plan; `null` when it has been seen to. */
  async setWish(id: string, serial: string | undefined, wish: PartWish | null): Promise<void> {
    await this.#database.run(
      `UPDATE plan_part SET wish = ?1 WHERE plan = ?2 AND (?3 IS NULL OR serial = ?3) AND state NOT IN ${ENDED}`,
      [wish, id, serial ?? null],
    );
  }

  /** Puts a plan before all others that wait in its lanes. */
  async moveFirst(id: string): Promise<void> {
    await this.#database.run(
      `UPDATE plan_part SET position = (SELECT min(position) - 1 FROM plan_part) WHERE plan = ?`,
      [id],
    );
  }

  /** Takes a device for a plan of a process; otherwise who has it. One whose process died is free. */
  async takeLane(
    serial: string,
    plan: string,
    owner: string,
    isAlive: (process: string) => boolean,
  ): Promise<string | undefined> {
    return this.#database.transaction(async (connection) => {
      const row = (await connection.all('SELECT owner, plan FROM lane WHERE serial = ?', [serial]))[0];
      const holder = row ? String(row['owner']) : undefined;
      if (holder !== undefined && holder !== owner && isAlive(holder)) return holder;
      await connection.run('INSERT OR REPLACE INTO lane (serial, plan, owner) VALUES (?, ?, ?)', [
        serial,
        plan,
        owner,
      ]);
      return undefined;
    });
  }

  async freeLane(serial: string, owner: string): Promise<void> {
    await this.#database.run('DELETE FROM lane WHERE serial = ? AND owner = ?', [serial, owner]);
  }
}

const partOf = (row: SqlRow): StoredPart => ({
  serial: String(row['serial']),
  position: Number(row['position']),
  state: String(row['state']) as PartState,
  message: String(row['message']),
  deaths: Number(row['deaths']),
  wish: row['wish'] == null ? null : (String(row['wish']) as PartWish),
});

async function forgetEnded(connection: SqlConnection): Promise<void> {
  await connection.run(
    `DELETE FROM plan WHERE sequence IN (
       SELECT sequence FROM plan WHERE NOT EXISTS (
         SELECT 1 FROM plan_part WHERE plan_part.plan = plan.id AND state NOT IN ${ENDED})
       ORDER BY sequence DESC LIMIT -1 OFFSET ${MOST_ENDED})`,
  );
}
