import type { Run } from '@shared/model/run';
import type { SqlConnection } from '@main/ports/sql';
import { runTexts } from './run-row';
import { utf8Text } from './stored-text';

/**
 * Runs that agree in everything that the history can be searched and filtered by are of one kind. There are few kinds however
 * many runs there are, so a filter looks through the kinds; each knows how many runs it has, and the newest it ever had.
 */
const KIND_COLUMNS = [
  'variant_hash',
  'device_serial',
  'status',
  'name',
  'model_hash',
  'model_name',
  'recipe',
  'device_title',
] as const;

const SEARCHED = 1000;

function kindValues(run: Run): Record<(typeof KIND_COLUMNS)[number], string> {
  const { name, modelName, recipe, deviceSerial, deviceTitle } = runTexts(run);
  return {
    variant_hash: run.variant.hash,
    device_serial: utf8Text(deviceSerial),
    status: run.status,
    name: utf8Text(name),
    model_hash: run.model.hash,
    model_name: utf8Text(modelName),
    recipe: utf8Text(recipe),
    device_title: utf8Text(deviceTitle),
  };
}

/** The kind of a run, made if it is the first of it. */
async function kindOf(connection: SqlConnection, run: Run): Promise<number> {
  const values = kindValues(run);
  const parameters = KIND_COLUMNS.map((column) => values[column]);
  const same = KIND_COLUMNS.map((column) => `${column} = ?`).join(' AND ');
  const find = async (): Promise<number | undefined> => {
    const row = (await connection.all(`SELECT kind FROM run_kind WHERE ${same}`, parameters))[0];
    return row === undefined ? undefined : Number(row['kind']);
  };
  const known = await find();
  if (known !== undefined) return known;
  await connection.run(
    `INSERT INTO run_kind (${KIND_COLUMNS.join(', ')}, runs, last) VALUES (${KIND_COLUMNS.map(() => '?').join(', ')}, 0, 0)`,
    parameters,
  );
  const made = await find();
  if (made === undefined) throw new Error('a kind that was just made is not there');
  // What the search looks through.
  const text = [values.name, values.model_name, values.recipe, values.device_title, values.device_serial]
    .map((part) => part.slice(0, SEARCHED))
    .join('\n');
  await connection.run('INSERT INTO run_kind_search (rowid, text) VALUES (?, ?)', [made, text]);
  return made;
}

/** Gives a run its kind; for one that changes it, the old kind is left. */
export async function assignKind(connection: SqlConnection, sequence: number, run: Run): Promise<void> {
  const kind = await kindOf(connection, run);
  const before = (await connection.all('SELECT kind FROM run WHERE sequence = ?', [sequence]))[0]?.['kind'];
  if (before === kind) return;
  await connection.run('UPDATE run SET kind = ? WHERE sequence = ?', [kind, sequence]);
  await connection.run('UPDATE run_kind SET runs = runs + 1, last = max(last, ?) WHERE kind = ?', [
    sequence,
    kind,
  ]);
  if (before != null) await leaveKinds(connection, new Map([[Number(before), 1]]));
}

/** Takes so many runs out of each kind; kinds without runs are removed. */
export async function leaveKinds(
  connection: SqlConnection,
  left: ReadonlyMap<number, number>,
): Promise<void> {
  for (const [kind, count] of left) {
    await connection.run('UPDATE run_kind SET runs = runs - ? WHERE kind = ?', [count, kind]);
    const removed = await connection.run('DELETE FROM run_kind WHERE kind = ? AND runs <= 0', [kind]);
    if (removed > 0) await connection.run('DELETE FROM run_kind_search WHERE rowid = ?', [kind]);
  }
}
