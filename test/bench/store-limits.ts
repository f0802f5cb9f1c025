import { statSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import type { SqlConnection } from '@main/ports/sql';
import { openStore, type RunFilter, type Store } from '@main/services/store';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';
import { uniform } from '@shared/statistics/uniform';
import type { Run } from '@shared/model/run';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';

const folder = process.argv[2]!;
const RUNS = 100_000;
const SAMPLES = 1_000_000;
const REPEATS = 5;

let missed = 0;
const row = (what: string, wanted: string, got: string, kept: boolean): void => {
  if (!kept) missed += 1;
  console.log(`${kept ? 'ok  ' : 'MISS'}  ${what.padEnd(58)}  ${got.padEnd(22)}  ${wanted}`);
};
const median = (values: readonly number[]): number => percentileOfSorted(sorted(values), 50);
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

async function timed<T>(work: () => Promise<T>): Promise<{ took: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { took: performance.now() - start, value };
}

/** Latencies as a steady model gives them: a narrow peak with a tail. */
function latencies(count: number, seed: number): number[] {
  const random = uniform(seed);
  return Array.from({ length: count }, () =>
    Math.round(4e6 * (1 + 0.01 * random() - 0.002 * Math.log(1 - random()))),
  );
}

const LAUNCHES = 5;
const longRun = (id: string, samples: number): Run =>
  sampleRun({
    id,
    launches: Array.from({ length: LAUNCHES }, (_, index) => ({
      ...sampleLaunch(index, 4e6, 1),
      samplesNs: latencies(samples / LAUNCHES, index + 1),
    })),
  });

/** The longest time in which nothing else had a turn while `work` was done. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let [longest, last, isDone] = [0, performance.now(), false];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isDone = true;
  return Math.max(longest, performance.now() - last);
}

/** What a comparison of all these runs reads; then again, when it is remembered. */
async function comparing(store: Store): Promise<void> {
  const read = async (): Promise<void> => {
    for (let i = 0; i < REPEATS; i += 1) await store.runs.sketch(`long-${i}`);
  };
  let first = 0;
  const block = await longestBlock(async () => {
    first = (await timed(read)).took;
  });
  const title = `read ${REPEATS} runs of ${SAMPLES.toLocaleString('en-US')} samples for a comparison`;
  row(title, '', ms(first), true);
  row('longest block of the thread meanwhile', '<= 100 ms', ms(block), block <= 100);
  const again = (await timed(read)).took;
  row('the same again', '<= 5 ms', ms(again), again <= 5);
}

async function saving(): Promise<void> {
  const path = join(folder, 'long.sqlite');
  const store = await openStore(sqliteFiles, path);
  const times: number[] = [];
  let block = 0;
  for (let i = 0; i < REPEATS; i += 1) {
    const run = longRun(`long-${i}`, SAMPLES);
    block = Math.max(
      block,
      await longestBlock(async () => times.push((await timed(() => store.runs.save(run))).took)),
    );
  }
  await comparing(store);
  await store.close();
  const bytes = statSync(path).size / REPEATS;
  row(
    `save a run of ${SAMPLES.toLocaleString('en-US')} samples, durable`,
    '<= 150 ms',
    ms(median(times)),
    median(times) <= 150,
  );
  row('its size in the file (40 µs of noise: 1.9 MB at best)', '', `${(bytes / 1e6).toFixed(2)} MB`, true);
  row('longest block of the thread meanwhile', '', ms(block), true);
}

/** What the store does run by run, for all of them at once. */
async function fillKinds(connection: SqlConnection): Promise<void> {
  const same = [
    'name',
    'status',
    'model_hash',
    'model_name',
    'variant_hash',
    'recipe',
    'device_serial',
    'device_title',
  ];
  await connection.run(
    `INSERT INTO run_kind (${same.join(', ')}, runs, last) SELECT ${same.join(', ')}, count(*), max(sequence) FROM run GROUP BY ${same.join(', ')}`,
  );
  await connection.run(
    `UPDATE run SET kind = (SELECT kind FROM run_kind AS k WHERE ${same.map((column) => `k.${column} = run.${column}`).join(' AND ')})`,
  );
  await connection.run(
    `INSERT INTO run_kind_search (rowid, text) SELECT kind, name || char(10) || model_name || char(10) || recipe || char(10) || device_title || char(10) || device_serial FROM run_kind`,
  );
}

/** Fills a history by SQL, as the store writes it: a few models, recipes and devices, most runs completed; one model long ago only. */
async function fill(path: string): Promise<void> {
  await (await openStore(sqliteFiles, path)).close();
  const database = await sqliteFiles.open(path);
  const columns = (await database.all("SELECT name FROM pragma_table_info('run')")).map(({ name }) =>
    String(name),
  );
  const value: Record<string, string> = {
    sequence: 'i',
    id: `printf('run-%06d', i)`,
    name: `printf('model %d %d', model, recipe)`,
    plan_id: `printf('plan-%d', i / 40)`,
    started_at: `'2026-01-02T03:04:05.000Z'`,
    status: `CASE WHEN x % 100 < 90 THEN 'completed' WHEN x % 100 < 94 THEN 'interrupted' WHEN x % 100 < 97 THEN 'quarantined' WHEN x % 100 < 99 THEN 'refused' ELSE 'failed' END`,
    model_hash: `printf('%064x', model + 1)`,
    model_name: `printf('model %d', model)`,
    variant_hash: `printf('%064x', 1000 + model * 10 + recipe)`,
    recipe: `CASE recipe WHEN 0 THEN 'float32' WHEN 1 THEN 'float16' WHEN 2 THEN 'dynamic' WHEN 3 THEN 'int8' ELSE 'int16x8' END`,
    device_serial: `printf('serial-%d', device)`,
    device_title: `printf('Acme Phone %d', device)`,
    threads: '1 + x % 4',
    delegate: `'xnnpack'`,
    profile: `'standard'`,
    samples: '700',
    launches: '5',
    min_ns: '3000000 + x',
    max_ns: '9000000 + x',
    mean_ns: '4000000.5 + x',
    p50_ns: '4000000 + x',
    p90_ns: '5000000 + x',
    p95_ns: '6000000 + x',
  };
  const used = columns.filter((name) => name in value);
  await database.transaction(async (connection) => {
    await connection.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${RUNS}),
       r AS (SELECT i, (i * 2654435761) % 4294967296 / 16 AS x FROM n),
       s AS (SELECT i, x % 9973 AS x, CASE WHEN i < ${RUNS / 50} THEN 99 ELSE (x / 7) % 60 END AS model, (x / 11) % 5 AS recipe, (x / 13) % 12 AS device FROM r)
       INSERT INTO run (${used.join(', ')}) SELECT ${used.map((name) => value[name]).join(', ')} FROM s`,
    );
    await fillKinds(connection);
  });
  await database.script('PRAGMA optimize=0x10002');
  await database.close();
}

const hashOfModel = (model: number): string => (model + 1).toString(16).padStart(64, '0');

/** All combinations of conditions, each common, rare, or of the oldest runs only. */
function filters(): RunFilter[] {
  const choices: readonly (readonly RunFilter[])[] = [
    [{}, { status: 'completed' }, { status: 'failed' }],
    [{}, { modelHash: hashOfModel(3) }, { modelHash: hashOfModel(99) }],
    [{}, { recipe: 'int8' }, { recipe: 'nothing' }],
    [{}, { deviceSerial: 'serial-7' }],
    [{}, { planId: 'plan-17' }],
    [{}, { text: 'phone' }, { text: 'model 99' }, { text: 'serial-7' }, { text: 'in' }],
  ];
  return choices.reduce<RunFilter[]>(
    (found, options) => found.flatMap((filter) => options.map((option) => ({ ...filter, ...option }))),
    [{}],
  );
}

async function listing(store: Store): Promise<void> {
  const pages: { filter: RunFilter; took: number }[] = [];
  const totals: { filter: RunFilter; took: number }[] = [];
  for (const filter of filters()) {
    const page = async () => (await timed(() => store.list(filter, { limit: 100 }))).took;
    const total = async () => (await timed(() => store.count(filter))).took;
    pages.push({ filter, took: median([await page(), await page(), await page()]) });
    totals.push({ filter, took: median([await total(), await total(), await total()]) });
  }
  for (const [what, times] of [
    ['a page', pages],
    ['how many there are', totals],
  ] as const)
    for (const [which, chosen] of [
      ['filters', times.filter(({ filter }) => filter.text === undefined)],
      ['filters with a text', times.filter(({ filter }) => filter.text !== undefined)],
    ] as const) {
      const middle = median(chosen.map(({ took }) => took));
      row(`${what}, ${chosen.length} ${which}, median`, '<= 5 ms', ms(middle), middle <= 5);
      const worst = chosen.toSorted((one, other) => other.took - one.took);
      const limit = which === 'filters' ? 5 : 10;
      row(`${what}, the slowest of them`, `<= ${limit} ms`, ms(worst[0]!.took), worst[0]!.took <= limit);
      for (const { filter, took } of worst.slice(0, 2))
        console.log(`        ${ms(took)} ${JSON.stringify(filter).replaceAll(/0{20,}/g, '…')}`);
    }
  const { runs } = await store.list({}, { limit: 1 });
  const deep = await timed(() => store.list({}, { before: Math.floor(runs[0]!.sequence / 2), limit: 100 }));
  row('a page in the middle of the history', '<= 5 ms', ms(deep.took), deep.took <= 5);
}

async function main(): Promise<void> {
  console.log(
    `${cpus().length} cores, load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  );
  await saving();
  const path = join(folder, 'history.sqlite');
  const filled = await timed(() => fill(path));
  console.log(
    `      ${RUNS.toLocaleString('en-US')} runs written in ${ms(filled.took)}, ${(statSync(path).size / 1e6).toFixed(0)} MB`,
  );
  const opened: number[] = [];
  for (let i = 0; i < REPEATS; i += 1) {
    const { took, value } = await timed(() => openStore(sqliteFiles, path));
    opened.push(took);
    await value.close();
  }
  row(
    `open a file of ${RUNS.toLocaleString('en-US')} runs`,
    '<= 100 ms',
    ms(median(opened)),
    median(opened) <= 100,
  );
  const store = await openStore(sqliteFiles, path);
  await listing(store);
  await store.close();
  console.log(missed === 0 ? 'All limits are kept.' : `${missed} limits are missed.`);
  process.exit(missed === 0 ? 0 : 1);
}

void main();
