export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlConnection {
  /** Runs one statement that answers nothing; answers how many rows it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  all(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs several statements without parameters, one after the other, until one fails. */
  script(sql: string): Promise<void>;
}

/**
 * One database file. What the user can meet is an AppError `store.failed` whose details carry a `reason`; what has been
 * awaited is on the disk.
 */
export interface SqlDatabase extends SqlConnection {
  /** All or nothing. `body` must use the connection that it is given: the database itself waits for its end. */
  transaction<T>(body: (connection: SqlConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Why the store failed, in an AppError's `details.reason`. */
export type SqlFailure = 'damaged' | 'full' | 'locked' | 'read-only' | 'io' | 'unavailable';

/** Files of databases: opening, and moving them as a whole with their companions. */
export interface SqlFiles {
  /** Creates the file and its folder when they are missing, unless `readOnly`. */
  open(path: string, options?: { readOnly?: boolean }): Promise<SqlDatabase>;
  /** `unclean`: its last user was killed, or still has it open. */
  state(path: string): Promise<{ kind: 'missing' | 'clean' | 'unclean'; bytes: number; onNetwork: boolean }>;
  /** Renames a database and its companions to a free name beside it; answers the new path. */
  setAside(path: string, suffix: string): Promise<string>;
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}
