import { AppError } from '@shared/error/app-error';
import {
  launchSchema,
  runSchema,
  type Launch,
  type LaunchSummary,
  type Run,
  type RunSummary,
} from '@shared/model/run';
import { sketchInTurns, type Sketch } from '@shared/statistics/sketch';
import type { SqlConnection, SqlDatabase } from '@main/ports/sql';
import { crc32 } from './crc32';
import { encodeHistogram, histogramOf } from './histogram';
import { assignKind, leaveKinds } from './run-kinds';
import { RUN_COLUMNS, runColumns, summaryFromRow } from './run-row';
import { eachLaunch, readLaunches, readOutlines, type LaunchOutline } from './run-read';
import { encodeSamples } from './samples-codec';

const headerSchema = runSchema.omit({ launches: true });
const launchHeaderSchema = launchSchema.omit({ samplesNs: true });
export type RunHeader = Omit<Run, 'launches'>;
export type RunOutline = RunHeader & { readonly launches: readonly LaunchSummary[] };

const UNFINISHED = 'Edgebench stopped before the run had ended.';

const notFound = (id: string): AppError =>
  new AppError(
    'run.not-found',
    `There is no run "${id.slice(0, 80)}" in the history. List them with: edgebench history`,
  );

function encodedSamples(launch: Launch): Uint8Array {
  try {
    return encodeSamples(launch.samplesNs);
  } catch (error) {
    throw new AppError(
      'data.invalid',
      `Launch ${launch.index} cannot be stored: ${error instanceof Error ? error.message : 'bad samples'}.`,
      { cause: error },
    );
  }
}

async function insertLaunch(
  connection: SqlConnection,
  sequence: number,
  launch: Launch,
  position: number,
): Promise<void> {
  const deltas = encodedSamples(launch);
  await connection.run(
    'INSERT INTO launch (run, position, document, samples, checksum, deltas, histogram) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [
      sequence,
      position,
      JSON.stringify(launchHeaderSchema.parse(launch)),
      launch.samplesNs.length,
      crc32(deltas),
      deltas,
      encodeHistogram(histogramOf(launch.samplesNs)),
    ],
  );
}

async function sequenceOf(connection: SqlConnection, id: string): Promise<number> {
  const row = (await connection.all('SELECT sequence FROM run WHERE id = ?', [id]))[0];
  if (row === undefined) throw notFound(id);
  return Number(row['sequence']);
}

async function insertHeader(connection: SqlConnection, run: Run): Promise<number> {
  const { launches: _launches, ...header } = run;
  const places = RUN_COLUMNS.map(() => '?').join(', ');
  await connection.run(`INSERT INTO run (${RUN_COLUMNS.join(', ')}) VALUES (${places})`, runColumns(run));
  const sequence = await sequenceOf(connection, run.id);
  await connection.run('INSERT INTO run_document (run, document) VALUES (?, ?)', [
    sequence,
    JSON.stringify(headerSchema.parse(header)),
  ]);
  await assignKind(connection, sequence, run);
  return sequence;
}

async function readHeader(connection: SqlConnection, sequence: number, id: string): Promise<RunHeader> {
  const row = (await connection.all('SELECT document FROM run_document WHERE run = ?', [sequence]))[0];
  if (row === undefined) throw notFound(id);
  return headerSchema.parse(JSON.parse(String(row['document'])));
}

/** Sketches kept in memory; each has some 16 KB at most. */
const MAX_SKETCHES = 300;

/** The history: what has been awaited is on the disk, and a run is `completed` only after `finish` or `save`. */
export class RunStore {
  readonly #database: SqlDatabase;
  /** By the runs' places in the history, which are never given twice. */
  readonly #sketches = new Map<number, Sketch>();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Stores a whole run at once; answers its place in the history. */
  save(run: Run): Promise<number> {
    return this.#database.transaction(async (connection) => {
      const known = await connection.all('SELECT 1 FROM run WHERE id = ?', [run.id]);
      if (known.length > 0)
        throw new AppError('store.failed', `Run ${run.id} is in the history already.`, {
          details: { reason: 'known' },
        });
      const sequence = await insertHeader(connection, run);
      for (const [position, launch] of run.launches.entries()) {
        await insertLaunch(connection, sequence, launch, position);
      }
      return sequence;
    });
  }

  /** Opens a run that is measured launch by launch. Until `finish` it counts as interrupted, whatever happens to this process. */
  async begin(header: RunHeader): Promise<void> {
    const run: Run = { ...header, status: 'interrupted', reason: UNFINISHED, launches: [] };
    await this.#database.transaction((connection) => insertHeader(connection, run));
  }

  async addLaunch(id: string, launch: Launch): Promise<void> {
    await this.#database.transaction(async (connection) => {
      const sequence = await sequenceOf(connection, id);
      const row = (await connection.all('SELECT count(*) AS count FROM launch WHERE run = ?', [sequence]))[0];
      await insertLaunch(connection, sequence, launch, Number(row?.['count'] ?? 0));
    });
  }

  /** Gives a run its final header (status, memory, energy …); its numbers are computed here, from what is stored. */
  async finish(header: RunHeader): Promise<void> {
    await this.#database.transaction(async (connection) => {
      const sequence = await sequenceOf(connection, header.id);
      const run: Run = { ...header, launches: await readLaunches(connection, sequence, header.id) };
      const assignments = RUN_COLUMNS.map((column) => `${column} = ?`).join(', ');
      await connection.run(`UPDATE run SET ${assignments} WHERE sequence = ?`, [
        ...runColumns(run),
        sequence,
      ]);
      await connection.run('UPDATE run_document SET document = ? WHERE run = ?', [
        JSON.stringify(headerSchema.parse(header)),
        sequence,
      ]);
      await assignKind(connection, sequence, run);
    });
  }

  /** With all raw samples. */
  async get(id: string): Promise<Run> {
    const sequence = await sequenceOf(this.#database, id);
    const header = await readHeader(this.#database, sequence, id);
    return { ...header, launches: await readLaunches(this.#database, sequence, id) };
  }

  /** Without samples, but with how many there are. */
  async outline(id: string): Promise<RunOutline> {
    const sequence = await sequenceOf(this.#database, id);
    const header = await readHeader(this.#database, sequence, id);
    return { ...header, launches: await readOutlines(this.#database, sequence, id) };
  }

  /** The launches one after the other, with their samples. */
  async *launches(id: string): AsyncGenerator<LaunchOutline & { readonly samplesNs: Float64Array }> {
    yield* eachLaunch(this.#database, await sequenceOf(this.#database, id), id);
  }

  /** What comparisons need of the samples; kept in memory for runs that have ended. */
  async sketch(id: string): Promise<Sketch> {
    const row = (await this.#database.all('SELECT sequence, status FROM run WHERE id = ?', [id]))[0];
    if (row === undefined) throw notFound(id);
    const sequence = Number(row['sequence']);
    const known = this.#sketches.get(sequence);
    if (known !== undefined) return known;
    const launches: (LaunchOutline & { readonly samplesNs: Float64Array })[] = [];
    for await (const launch of eachLaunch(this.#database, sequence, id)) launches.push(launch);
    const sketch = await sketchInTurns(launches);
    if (row['status'] !== 'completed') return sketch;
    const oldest = this.#sketches.keys().next();
    if (this.#sketches.size >= MAX_SKETCHES && oldest.done !== true) this.#sketches.delete(oldest.value);
    this.#sketches.set(sequence, sketch);
    return sketch;
  }

  /** One row of the history list. */
  async summary(id: string): Promise<RunSummary> {
    const row = (await this.#database.all('SELECT * FROM run WHERE id = ?', [id]))[0];
    if (row === undefined) throw notFound(id);
    return summaryFromRow(row);
  }

  /** Full id of the only run whose id begins with `prefix`; run.not-found when there is none, usage.wrong when several. */
  async resolve(prefix: string): Promise<string> {
    const rows = await this.#database.all('SELECT id FROM run WHERE substr(id, 1, ?) = ? LIMIT 2', [
      prefix.length,
      prefix,
    ]);
    const first = rows[0];
    if (first === undefined || prefix === '') throw notFound(prefix);
    if (rows.length > 1 && String(first['id']) !== prefix) {
      throw new AppError('usage.wrong', `Several runs begin with "${prefix}". Give more of the id.`);
    }
    return String(first['id']);
  }

  /** Deletes runs with their samples, and gives the space back to the disk; answers how many there were. */
  async delete(ids: readonly string[]): Promise<number> {
    let deleted = 0;
    for (let start = 0; start < ids.length; start += 500) {
      const part = ids.slice(start, start + 500);
      const places = part.map(() => '?').join(', ');
      deleted += await this.#database.transaction(async (connection) => {
        const kinds = await connection.all(
          `SELECT kind, count(*) AS runs FROM run WHERE id IN (${places}) GROUP BY kind`,
          part,
        );
        const count = await connection.run(`DELETE FROM run WHERE id IN (${places})`, part);
        await leaveKinds(connection, new Map(kinds.map(({ kind, runs }) => [Number(kind), Number(runs)])));
        return count;
      });
    }
    await this.#database.script('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);');
    return deleted;
  }
}
