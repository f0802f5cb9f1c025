import type { RunStatus, RunSummary } from '@shared/model/run';
import type { SqlDatabase, SqlValue } from '@main/ports/sql';
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
  /** Give it as `before` for the next page; absent on the last one. */
  readonly next?: number;
}

const COLUMN_OF = {
  status: 'status',
  modelHash: 'model_hash',
  variantHash: 'variant_hash',
  recipe: 'recipe',
  deviceSerial: 'device_serial',
  planId: 'plan_id',
} as const;

const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** Source and conditions of a filter. Three characters and more go through the trigram index, fewer through a scan. */
function conditionsOf(filter: RunFilter): {
  from: string;
  where: string[];
  parameters: SqlValue[];
  order: string;
} {
  const where: string[] = [];
  const parameters: SqlValue[] = [];
  let from = 'run';
  let order = 'run.sequence';
  const text = filter.text === undefined ? '' : utf8Text(filter.text.trim().slice(0, 200));
  if ([...text].length >= 3) {
    from = 'run_search CROSS JOIN run ON run.sequence = run_search.rowid';
    order = 'run_search.rowid';
    where.push('run_search MATCH ?');
    parameters.push(`"${text.replaceAll('"', '""').replaceAll('\0', ' ')}"`);
  } else if (text !== '') {
    where.push(
      String.raw`(run.name LIKE ?1 ESCAPE '\' OR run.model_name LIKE ?1 ESCAPE '\' OR run.recipe LIKE ?1 ESCAPE '\' OR run.device_title LIKE ?1 ESCAPE '\' OR run.device_serial LIKE ?1 ESCAPE '\')`,
    );
    parameters.push(likePattern(text));
  }
  for (const [key, column] of Object.entries(COLUMN_OF)) {
    const value = filter[key as keyof typeof COLUMN_OF];
    if (value === undefined) continue;
    where.push(`run.${column} = ?`);
    parameters.push(value);
  }
  return { from, where, parameters, order };
}

const clause = (where: readonly string[]): string =>
  where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;

/** One page of the history, at most 500 runs. */
export async function listRuns(
  database: SqlDatabase,
  filter: RunFilter = {},
  page: { before?: number; limit?: number } = {},
): Promise<RunPage> {
  const limit = Math.min(Math.max(1, Math.floor(page.limit ?? 50)), 500);
  const { from, where, parameters, order } = conditionsOf(filter);
  if (page.before !== undefined) {
    where.push(`${order} < ?`);
    parameters.push(page.before);
  }
  const rows = await database.all(
    `SELECT run.* FROM ${from} ${clause(where)} ORDER BY ${order} DESC LIMIT ${limit + 1}`,
    parameters,
  );
  const runs = rows.slice(0, limit).map(summaryFromRow);
  const last = runs.at(-1);
  return rows.length > limit && last !== undefined ? { runs, next: last.sequence } : { runs };
}

export async function countRuns(database: SqlDatabase, filter: RunFilter = {}): Promise<number> {
  const { from, where, parameters } = conditionsOf(filter);
  const rows = await database.all(`SELECT count(*) AS count FROM ${from} ${clause(where)}`, parameters);
  return Number(rows[0]?.['count'] ?? 0);
}
