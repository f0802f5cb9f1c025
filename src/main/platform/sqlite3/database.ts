import type sqlite3 from 'sqlite3';
import type { SqlConnection, SqlDatabase, SqlRow, SqlValue } from '@main/ports/sql';
import { translated } from './failure';

type Native = sqlite3.Database;

const bindable = (value: SqlValue): unknown =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;

/** The callbacks of one native handle as promises; errors translated. */
class Direct implements SqlConnection {
  readonly #native: Native;
  readonly #path: string;

  constructor(native: Native, path: string) {
    this.#native = native;
    this.#path = path;
  }

  #call<T>(start: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, value) => (error ? reject(translated(error, this.#path)) : resolve(value)));
    });
  }

  run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    return this.#call((done) =>
      this.#native.run(sql, parameters.map(bindable), function (error) {
        done(error, this.changes);
      }),
    );
  }

  all(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#call((done) => this.#native.all<SqlRow>(sql, parameters.map(bindable), done));
  }

  script(sql: string): Promise<void> {
    return this.#call((done) => this.#native.exec(sql, (error) => done(error, undefined)));
  }

  close(): Promise<void> {
    return this.#call((done) => this.#native.close((error) => done(error, undefined)));
  }
}

/** One handle, used by one caller at a time, so that nobody sees or joins another's transaction. */
export class Sqlite3Database implements SqlDatabase {
  readonly #direct: Direct;
  #last: Promise<unknown> = Promise.resolve();

  constructor(native: Native, path: string) {
    this.#direct = new Direct(native, path);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    return this.#inTurn(() => this.#direct.run(sql, parameters));
  }

  all(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#inTurn(() => this.#direct.all(sql, parameters));
  }

  script(sql: string): Promise<void> {
    return this.#inTurn(() => this.#direct.script(sql));
  }

  transaction<T>(body: (connection: SqlConnection) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      // IMMEDIATE: a second process waits here, where the busy timeout works, and never in the middle.
      await this.#direct.run('BEGIN IMMEDIATE');
      try {
        const result = await body(this.#direct);
        await this.#direct.run('COMMIT');
        return result;
      } catch (error) {
        // SQLite may have rolled back by itself (full disk); the first error is the one to show.
        await this.#direct.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#direct.close());
  }
}
