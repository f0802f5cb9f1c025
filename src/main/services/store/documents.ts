import type { ZodType } from 'zod';
import { AppError } from '@shared/error/app-error';
import type { SqlConnection, SqlDatabase, SqlRow } from '@main/ports/sql';

/** What is kept as one JSON document each. */
export const DOCUMENT_KINDS = [
  'model',
  'variant',
  'validation',
  'job',
  'plan',
  'baseline',
  'setting',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface DocumentOptions {
  /** Id of what it belongs to (a variant's model, a baseline's model). */
  readonly parent?: string;
  /** The process that is at work on it, so that another one can tell when it has died. */
  readonly owner?: string;
}

export interface DocumentQuery {
  readonly parent?: string;
  /** At most 1,000; newest first. */
  readonly limit?: number;
}

/** Inserts or replaces; a replaced document keeps its place in the order. */
export async function putDocument(
  connection: SqlConnection,
  kind: DocumentKind,
  id: string,
  document: unknown,
  options: DocumentOptions = {},
): Promise<void> {
  await connection.run(
    `INSERT INTO document (kind, id, parent, owner, document, sequence)
     VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(sequence), 0) + 1 FROM document WHERE kind = ?1))
     ON CONFLICT (kind, id) DO UPDATE SET parent = excluded.parent, owner = excluded.owner, document = excluded.document`,
    [kind, id, options.parent ?? null, options.owner ?? null, JSON.stringify(document)],
  );
}

/** Documents of one kind, checked by their schema when written and when read. */
export class DocumentStore<T> {
  readonly #database: SqlDatabase;
  readonly #kind: DocumentKind;
  readonly #schema: ZodType<T>;

  constructor(database: SqlDatabase, kind: DocumentKind, schema: ZodType<T>) {
    this.#database = database;
    this.#kind = kind;
    this.#schema = schema;
  }

  #parsed(row: SqlRow): T {
    const result = this.#schema.safeParse(JSON.parse(String(row['document'])));
    if (result.success) return result.data;
    throw new AppError(
      'store.failed',
      `The stored ${this.#kind} "${String(row['id']).slice(0, 80)}" cannot be read by this version of Edgebench. Delete it, then make it again.`,
      { details: { reason: 'damaged' }, cause: result.error },
    );
  }

  async put(id: string, document: T, options: DocumentOptions = {}): Promise<void> {
    await putDocument(this.#database, this.#kind, id, this.#schema.parse(document), options);
  }

  async get(id: string): Promise<T | undefined> {
    const row = (
      await this.#database.all('SELECT id, document FROM document WHERE kind = ? AND id = ?', [
        this.#kind,
        id,
      ])
    )[0];
    return row === undefined ? undefined : this.#parsed(row);
  }

  async list(query: DocumentQuery = {}): Promise<readonly T[]> {
    const limit = Math.min(Math.max(1, query.limit ?? 1000), 1000);
    const rows = await this.#database.all(
      `SELECT id, document FROM document WHERE kind = ? ${query.parent === undefined ? '' : 'AND parent = ?'}
       ORDER BY sequence DESC LIMIT ${limit}`,
      query.parent === undefined ? [this.#kind] : [this.#kind, query.parent],
    );
    return rows.map((row) => this.#parsed(row));
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#database.run('DELETE FROM document WHERE kind = ? AND id = ?', [this.#kind, id])) > 0;
  }

  /** Documents whose owner is set, with it: what a process that died may have left unfinished. */
  async owned(): Promise<readonly { readonly owner: string; readonly document: T }[]> {
    const rows = await this.#database.all(
      'SELECT id, owner, document FROM document WHERE kind = ? AND owner IS NOT NULL ORDER BY sequence',
      [this.#kind],
    );
    return rows.map((row) => ({ owner: String(row['owner']), document: this.#parsed(row) }));
  }
}
