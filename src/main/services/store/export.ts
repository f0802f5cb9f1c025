import type { Run } from '@shared/model/run';

export const ARCHIVE_FORMAT = 'edgebench-runs';
export const ARCHIVE_VERSION = 1;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** SHA-256 of a run's JSON text, hexadecimal. */
export async function hashOfText(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => HEX[byte]!).join('');
}

/** Runs with their raw samples as one JSON archive, in pieces; each run with the hash of its text. */
export async function* exportJson(runs: AsyncIterable<Run> | Iterable<Run>): AsyncGenerator<string> {
  yield `{"format":"${ARCHIVE_FORMAT}","version":${ARCHIVE_VERSION},"runs":[`;
  let separator = '';
  for await (const run of runs) {
    const text = JSON.stringify(run);
    // The text itself is kept as a string, so that its hash does not depend on how somebody formats the archive.
    yield `${separator}\n{"sha256":"${await hashOfText(text)}","run":${JSON.stringify(text)}}`;
    separator = ',';
  }
  yield '\n]}\n';
}

/**
 * A cell that no spreadsheet takes for a formula: texts that begin like one get an apostrophe in front, and everything that
 * could end a cell is quoted.
 */
export function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[\s\p{Cc}]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const HEADER = [
  'run',
  'name',
  'model',
  'recipe',
  'device',
  'threads',
  'run_status',
  'validation',
  'launch',
  'launch_status',
  'sample',
  'latency_ns',
];

/** Raw samples as CSV (one row per sample), in pieces of one launch. */
export async function* exportCsv(runs: AsyncIterable<Run> | Iterable<Run>): AsyncGenerator<string> {
  yield `${HEADER.join(',')}\r\n`;
  for await (const run of runs) {
    const front = [
      run.id,
      run.name,
      run.model.name,
      run.variant.recipe,
      run.device.model ?? run.device.serial,
      run.threads,
      run.status,
      run.variant.validation,
    ].map(csvCell);
    for (const launch of run.launches) {
      const start = [...front, csvCell(launch.index), csvCell(launch.status)].join(',');
      yield launch.samplesNs.map((sample, index) => `${start},${index},${sample}\r\n`).join('');
    }
  }
}
