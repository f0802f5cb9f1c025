import type sqlite3 from 'sqlite3';
import type { SqlConnection, SqlDatabase, SqlRow, SqlValue } from '@main/ports/sql';
import { stat } from 'node:fs/promises';
import { sqlError, translated } from './failure';

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

/** What tells a file from another one of the same name; 0 when there is none. */
export const inodeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ ino }) => ino,
    () => 0,
  );

/** One handle, used by one caller at a time, so that nobody sees or joins another's transaction. */
export class Sqlite3Database implements SqlDatabase {
  readonly #direct: Direct;
  readonly #path: string;
  readonly #inode: number;
  #last: Promise<unknown> = Promise.resolve();

  /** `inode` of the file that was opened; 0 where it is not known. */
  constructor(native: Native, path: string, inode: number) {
    this.#direct = new Direct(native, path);
    this.#path = path;
    this.#inode = inode;
  }

  /** A file that was deleted, or whose disk has gone, takes what is written to it, and nobody ever sees it again. */
  async #stillThere(): Promise<void> {
    const inode = await inodeOf(this.#path);
    if (this.#inode !== 0 && inode !== this.#inode)
      throw sqlError('io', this.#path, new Error('the file is not there any more'));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    return this.#inTurn(async () => {
      await this.#stillThere();
      return this.#direct.run(sql, parameters);
    });
  }

  all(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#inTurn(() => this.#direct.all(sql, parameters));
  }

  script(sql: string): Promise<void> {
    return this.#inTurn(() => this.#direct.script(sql));
  }

  transaction<T>(body: (connection: SqlConnection) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#stillThere();
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
