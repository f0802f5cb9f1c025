import type { RunStatus, RunSummary } from '@shared/model/run';
import type { SqlDatabase, SqlRow, SqlValue } from '@main/ports/sql';
import { summaryFromRow } from './run-row';
import { utf8Text } from './stored-text';

/** Every condition given must hold. */
export interface RunFilter {
  readonly status?: RunStatus;
  readonly modelHash?: string;
  readonly variantHash?: string;
  readonly recipe?: string;
  readonly deviceSerial?: string;
  readonly planId?: string;
  /** Part of a name of the run, its model, recipe or device; case does not matter. */
  readonly text?: string;
}

export interface RunPage {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** How many runs the filter has in all. */
  readonly total: number;
  /** Give it as `before` for the next page; absent on the last one. */
  readonly next?: number;
}

const COLUMN_OF = {
  status: 'status',
  modelHash: 'model_hash',
  variantHash: 'variant_hash',
  recipe: 'recipe',
  deviceSerial: 'device_serial',
} as const;

/** Up to so many runs of a filter are sorted to find the newest. */
const MAX_SORTED = 3000;
/** In up to so many kinds the newest of each are looked up; with more, the history is walked from its newest run of them. */
const MAX_SOUGHT = 40;

const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
const clause = (where: readonly string[]): string =>
  where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;

interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Three characters and more go through the trigram index, fewer through a scan of the kinds. */
function textCondition({ text: given = '' }: RunFilter): Condition | undefined {
  const text = utf8Text(given.trim().slice(0, 200));
  if (text === '') return undefined;
  if ([...text].length >= 3)
    return {
      sql: 'kind IN (SELECT rowid FROM run_kind_search WHERE run_kind_search MATCH ?)',
      parameters: [`"${text.replaceAll('"', '""').replaceAll('\0', ' ')}"`],
    };
  const columns = ['name', 'model_name', 'recipe', 'device_title', 'device_serial'];
  return {
    sql: `(${columns.map((column) => String.raw`${column} LIKE ? ESCAPE '\'`).join(' OR ')})`,
    parameters: columns.map(() => likePattern(text)),
  };
}

const columnConditions = (filter: RunFilter): Condition[] =>
  Object.entries(COLUMN_OF).flatMap(([key, column]) => {
    const value = filter[key as keyof typeof COLUMN_OF];
    return value === undefined ? [] : [{ sql: `${column} = ?`, parameters: [value] }];
  });

const parametersOf = (conditions: readonly Condition[]): SqlValue[] =>
  conditions.flatMap(({ parameters }) => parameters);

/** `SELECT kind …` of the kinds that all conditions hold for. */
const selectKinds = (conditions: readonly Condition[]): string =>
  `SELECT kind FROM run_kind ${clause(conditions.map(({ sql }) => sql))}`;

interface Kinds {
  readonly count: number;
  readonly runs: number;
  /** No run of these kinds is newer. */
  readonly last: number;
  readonly isAll: boolean;
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

async function kindsOf(database: SqlDatabase, filter: RunFilter): Promise<Kinds> {
  const columns = columnConditions(filter);
  const text = textCondition(filter);
  const rows = await database.all(
    `SELECT count(*) AS every, sum(hit) AS count, sum(runs * hit) AS runs, max(last * hit) AS last
     FROM (SELECT runs, last, ${text?.sql ?? '1'} AS hit FROM run_kind ${clause(columns.map(({ sql }) => sql))})`,
    [...(text?.parameters ?? []), ...parametersOf(columns)],
  );
  const figure = (name: string): number => Number(rows[0]?.[name] ?? 0);
  // A text that is in every kind need not be looked for again.
  const conditions = text === undefined || figure('count') === figure('every') ? columns : [text, ...columns];
  return {
    count: figure('count'),
    runs: figure('runs'),
    last: figure('last'),
    isAll: conditions.length === 0,
    sql: selectKinds(conditions),
    parameters: parametersOf(conditions),
  };
}

/** Sequences of the newest `limit` runs of some kinds below `before`, found in the way that reads least. */
function newestOf(
  database: SqlDatabase,
  kinds: Kinds,
  before: number,
  limit: number,
): Promise<readonly SqlRow[]> {
  const end = Math.min(before, kinds.last + 1);
  if (kinds.isAll)
    return database.all(`SELECT sequence FROM run WHERE sequence < ? ORDER BY sequence DESC LIMIT ${limit}`, [
      end,
    ]);
  if (kinds.runs <= MAX_SORTED)
    return database.all(
      `SELECT sequence FROM run INDEXED BY run_by_kind WHERE kind IN (${kinds.sql}) AND sequence < ?
       ORDER BY sequence DESC LIMIT ${limit}`,
      [...kinds.parameters, end],
    );
  if (kinds.count <= MAX_SOUGHT)
    return database.all(
      `SELECT sequence FROM (${kinds.sql}) AS k JOIN run ON run.sequence IN
         (SELECT sequence FROM run INDEXED BY run_by_kind WHERE kind = k.kind AND sequence < ? ORDER BY sequence DESC LIMIT ${limit})
       ORDER BY sequence DESC LIMIT ${limit}`,
      [...kinds.parameters, end],
    );
  return database.all(
    `SELECT sequence FROM run NOT INDEXED WHERE sequence < ? AND kind IN (${kinds.sql}) ORDER BY sequence DESC LIMIT ${limit}`,
    [end, ...kinds.parameters],
  );
}

/** Sequences of a plan's runs of some kinds, newest first. A plan has few runs, so its index comes first. */
async function ofPlan(database: SqlDatabase, filter: RunFilter, planId: string): Promise<number[]> {
  const text = textCondition(filter);
  const conditions = [...(text === undefined ? [] : [text]), ...columnConditions(filter)];
  const kinds = conditions.length === 0 ? '' : `AND kind IN (${selectKinds(conditions)})`;
  const rows = await database.all(
    `SELECT sequence FROM run INDEXED BY run_by_plan WHERE plan_id = ? ${kinds} ORDER BY sequence DESC`,
    [planId, ...parametersOf(conditions)],
  );
  return rows.map(({ sequence }) => Number(sequence));
}

async function sequencesOf(
  database: SqlDatabase,
  filter: RunFilter,
  before: number,
  limit: number,
): Promise<{ sequences: readonly number[]; total: number }> {
  if (filter.planId !== undefined) {
    const all = await ofPlan(database, filter, filter.planId);
    return { sequences: all.filter((sequence) => sequence < before).slice(0, limit), total: all.length };
  }
  const kinds = await kindsOf(database, filter);
  const rows = kinds.runs === 0 ? [] : await newestOf(database, kinds, before, limit);
  return { sequences: rows.map(({ sequence }) => Number(sequence)), total: kinds.runs };
}

/** One page of the history, at most 1,000 runs. */
export async function listRuns(
  database: SqlDatabase,
  filter: RunFilter = {},
  page: { before?: number; limit?: number } = {},
): Promise<RunPage> {
  const limit = Math.min(Math.max(1, Math.floor(page.limit ?? 50)), 1000);
  const before = page.before ?? Number.MAX_SAFE_INTEGER;
  const { sequences, total } = await sequencesOf(database, filter, before, limit + 1);
  if (sequences.length === 0) return { runs: [], total };
  const rows = await database.all(
    `SELECT * FROM run WHERE sequence IN (${sequences.slice(0, limit).join(', ')}) ORDER BY sequence DESC`,
  );
  const runs = rows.map(summaryFromRow);
  const last = runs.at(-1);
  const isMore = sequences.length > limit && last !== undefined;
  return isMore ? { runs, total, next: last.sequence } : { runs, total };
}

/** How many runs a filter has. */
export async function countRuns(database: SqlDatabase, filter: RunFilter = {}): Promise<number> {
  if (filter.planId !== undefined) return (await ofPlan(database, filter, filter.planId)).length;
  return (await kindsOf(database, filter)).runs;
}
