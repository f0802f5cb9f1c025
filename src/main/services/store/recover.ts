import { runSchema, type Launch, type Run } from '@shared/model/run';
import type { SqlDatabase, SqlRow } from '@main/ports/sql';
import { DOCUMENT_KINDS, putDocument, type DocumentKind } from './documents';
import { launchFromRow, verifiedSamples } from './run-read';
import { RunStore } from './runs';

const BATCH = 100;
const headerSchema = runSchema.omit({ launches: true });
const INCOMPLETE = 'Part of its samples was lost with a damaged database.';

/** Rows of a table from both ends, as far as the damage lets them be read. */
async function readableRows(damaged: SqlDatabase, table: string): Promise<SqlRow[]> {
  const walk = async (descending: boolean, limit: number): Promise<SqlRow[]> => {
    const rows: SqlRow[] = [];
    let size = BATCH;
    let last = limit;
    for (;;) {
      try {
        const part = await damaged.all(
          `SELECT rowid AS place, * FROM "${table}" WHERE rowid ${descending ? '<' : '>'} ? ORDER BY rowid ${descending ? 'DESC' : 'ASC'} LIMIT ${size}`,
          [last],
        );
        if (part.length === 0) return rows;
        rows.push(...part);
        last = Number(part.at(-1)?.['place']);
      } catch {
        // A smaller step gets closer to the damaged page before it gives up.
        if (size === 1) return rows;
        size = Math.max(1, Math.floor(size / 10));
      }
    }
  };
  const forward = await walk(false, Number.MIN_SAFE_INTEGER);
  const backward = await walk(true, Number.MAX_SAFE_INTEGER);
  const byPlace = new Map([...forward, ...backward].map((row) => [Number(row['place']), row]));
  return [...byPlace].sort((a, b) => a[0] - b[0]).map(([, row]) => row);
}

const parsed = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

function launchOf(row: SqlRow): Launch | undefined {
  return parsed(row['document']) === undefined ? undefined : launchFromRow(row);
}

function groupByRun(rows: readonly SqlRow[]): Map<number, SqlRow[]> {
  const groups = new Map<number, SqlRow[]>();
  for (const row of rows) {
    const run = Number(row['run']);
    groups.set(run, [...(groups.get(run) ?? []), row]);
  }
  return groups;
}

/** Whether as many completed launches are left as the run's own row had counted. */
const isWhole = (launches: readonly Launch[], row: SqlRow | undefined): boolean =>
  row !== undefined &&
  Number(row['launches'] ?? 0) === launches.filter((launch) => launch.status === 'completed').length;

async function recoverRuns(damaged: SqlDatabase, runs: RunStore): Promise<number> {
  const documents = await readableRows(damaged, 'run_document');
  const launches = groupByRun(await readableRows(damaged, 'launch'));
  const rows = new Map((await readableRows(damaged, 'run')).map((row) => [Number(row['place']), row]));
  let recovered = 0;
  for (const row of documents) {
    const header = headerSchema.safeParse(parsed(row['document']));
    if (!header.success) continue;
    const sequence = Number(row['run']);
    const found = (launches.get(sequence) ?? []).sort(
      (a, b) => Number(a['position']) - Number(b['position']),
    );
    const run: Run = {
      ...header.data,
      launches: found.map(launchOf).filter((launch) => launch !== undefined),
    };
    const kept: Run =
      run.status !== 'completed' || isWhole(run.launches, rows.get(sequence))
        ? run
        : { ...run, status: 'interrupted', reason: INCOMPLETE };
    await runs.save(kept).then(
      () => (recovered += 1),
      () => undefined,
    );
  }
  return recovered;
}

async function recoverDocuments(damaged: SqlDatabase, target: SqlDatabase): Promise<void> {
  for (const row of await readableRows(damaged, 'document')) {
    const kind = String(row['kind']);
    const document = parsed(row['document']);
    if (document === undefined || !(DOCUMENT_KINDS as readonly string[]).includes(kind)) continue;
    const options = row['parent'] == null ? {} : { parent: String(row['parent']) };
    await putDocument(target, kind as DocumentKind, String(row['id']), document, options);
  }
  for (const row of await readableRows(damaged, 'baseline_samples')) {
    if (verifiedSamples(row) === undefined) continue;
    await target
      .run(
        'INSERT INTO baseline_samples (baseline, position, samples, checksum, deltas) VALUES (?, ?, ?, ?, ?)',
        [
          String(row['baseline']),
          Number(row['position']),
          Number(row['samples']),
          Number(row['checksum']),
          row['deltas'] ?? null,
        ],
      )
      // Its document was lost, or it is a duplicate: nothing to attach it to.
      .catch(() => undefined);
  }
}

/** Copies into `target` what can be read of a damaged database, everything checked again; answers the count of runs. */
export async function recover(damaged: SqlDatabase, target: SqlDatabase): Promise<number> {
  const tables = await damaged
    .all("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .then((rows) => new Set(rows.map((row) => String(row['name']))))
    .catch(() => new Set<string>());
  const recovered = ['run', 'run_document', 'launch'].every((name) => tables.has(name))
    ? await recoverRuns(damaged, new RunStore(target))
    : 0;
  if (tables.has('document') && tables.has('baseline_samples')) await recoverDocuments(damaged, target);
  return recovered;
}
