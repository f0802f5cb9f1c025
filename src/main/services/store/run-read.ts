import { AppError } from '@shared/error/app-error';
import { launchSchema, type Launch, type LaunchSummary } from '@shared/model/run';
import type { SqlConnection, SqlRow } from '@main/ports/sql';
import { crc32 } from './crc32';
import { decodeSamples } from './samples-codec';

const launchHeaderSchema = launchSchema.omit({ samplesNs: true });

/** Samples of a blob whose checksum is right; undefined for damaged ones. */
export function verifiedSamples(row: SqlRow): Float64Array | undefined {
  const deltas = row['deltas'];
  if (!(deltas instanceof Uint8Array) || crc32(deltas) !== Number(row['checksum'])) return undefined;
  try {
    return decodeSamples(deltas, Number(row['samples']));
  } catch {
    return undefined;
  }
}

/** A launch whose samples were not read. */
export type LaunchOutline = Omit<Launch, 'samplesNs'>;

function outlineFromRow(row: SqlRow): LaunchOutline | undefined {
  const header = launchHeaderSchema.safeParse(JSON.parse(String(row['document'])));
  return header.success ? header.data : undefined;
}

/** One launch from its row; undefined when it is damaged. */
export function launchFromRow(row: SqlRow): Launch | undefined {
  const samplesNs = verifiedSamples(row);
  if (samplesNs === undefined) return undefined;
  const outline = outlineFromRow(row);
  return outline && { ...outline, samplesNs: Array.from(samplesNs) };
}

const damaged = (id: string, position: unknown): AppError =>
  new AppError(
    'store.failed',
    `The samples of run ${id}, launch ${String(position)}, are damaged in the database. Delete this run, or measure it again.`,
    { details: { reason: 'damaged', run: id } },
  );

/** Launches without samples, with how many each has. */
export async function readOutlines(
  connection: SqlConnection,
  sequence: number,
  id: string,
): Promise<LaunchSummary[]> {
  const rows = await connection.all(
    'SELECT position, document, samples FROM launch WHERE run = ? ORDER BY position',
    [sequence],
  );
  return rows.map((row) => {
    const outline = outlineFromRow(row);
    if (outline === undefined) throw damaged(id, row['position']);
    return { ...outline, samples: Number(row['samples']) };
  });
}

/** Launch by launch, so that others have their turn in between. */
export async function* eachLaunch(
  connection: SqlConnection,
  sequence: number,
  id: string,
): AsyncGenerator<LaunchOutline & { readonly samplesNs: Float64Array }> {
  const positions = await connection.all('SELECT position FROM launch WHERE run = ? ORDER BY position', [
    sequence,
  ]);
  for (const { position } of positions) {
    const rows = await connection.all('SELECT * FROM launch WHERE run = ? AND position = ?', [
      sequence,
      position ?? null,
    ]);
    const samplesNs = rows[0] && verifiedSamples(rows[0]);
    const outline = rows[0] && outlineFromRow(rows[0]);
    if (samplesNs === undefined || outline === undefined) throw damaged(id, position);
    yield { ...outline, samplesNs };
  }
}

export async function readLaunches(
  connection: SqlConnection,
  sequence: number,
  id: string,
): Promise<Launch[]> {
  const launches: Launch[] = [];
  for await (const launch of eachLaunch(connection, sequence, id))
    launches.push({ ...launch, samplesNs: Array.from(launch.samplesNs) });
  return launches;
}
