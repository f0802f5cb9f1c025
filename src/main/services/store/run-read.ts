import { AppError } from '@shared/error/app-error';
import { launchSchema, type Launch } from '@shared/model/run';
import type { SqlConnection, SqlRow } from '@main/ports/sql';
import { crc32 } from './crc32';
import { decodeSamples } from './samples-codec';

const launchHeaderSchema = launchSchema.omit({ samplesNs: true });

/** Samples of a blob whose checksum is right; undefined for damaged ones. */
export function verifiedSamples(row: SqlRow): number[] | undefined {
  const deltas = row['deltas'];
  if (!(deltas instanceof Uint8Array) || crc32(deltas) !== Number(row['checksum'])) return undefined;
  try {
    return decodeSamples(deltas, Number(row['samples']));
  } catch {
    return undefined;
  }
}

/** One launch from its row; undefined when it is damaged. */
export function launchFromRow(row: SqlRow): Launch | undefined {
  const samplesNs = verifiedSamples(row);
  if (samplesNs === undefined) return undefined;
  const header = launchHeaderSchema.safeParse(JSON.parse(String(row['document'])));
  return header.success ? { ...header.data, samplesNs } : undefined;
}

export async function readLaunches(
  connection: SqlConnection,
  sequence: number,
  id: string,
): Promise<Launch[]> {
  const rows = await connection.all('SELECT * FROM launch WHERE run = ? ORDER BY position', [sequence]);
  return rows.map((row) => {
    const launch = launchFromRow(row);
    if (launch !== undefined) return launch;
    throw new AppError(
      'store.failed',
      `The samples of run ${id}, launch ${String(row['position'])}, are damaged in the database. Delete this run, or measure it again.`,
      { details: { reason: 'damaged', run: id } },
    );
  });
}
