import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '@shared/error/app-error';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore, type Store } from '@main/services/store';
import { sampleRun } from '@test/support/sample-run';

// Runs with failing-io.c preloaded. For each n, once and for ever: opens a new history, saves runs while the nth call to the
// system fails, lets the fault end, and saves once more. Says each round as one JSON line.
const [folder = '', controlPath = ''] = process.argv.slice(2);
const MOST = 400;

const control = openSync(controlPath, 'r+');
function tell(nth: number, forEver: boolean): void {
  writeSync(control, new Uint8Array(BigInt64Array.of(BigInt(nth), forEver ? 1n : 0n, 0n).buffer), 0, 24, 0);
}
function calls(): number {
  const bytes = new BigInt64Array(3);
  readSync(control, new Uint8Array(bytes.buffer), 0, 24, 0);
  return Number(bytes[2]);
}

interface Round {
  readonly nth: number;
  readonly forEver: boolean;
  readonly path: string;
  readonly calls: number;
  readonly acknowledged: string[];
  /** Codes of AppErrors; "bug: …" for anything else. */
  readonly errors: string[];
  readonly recovered: boolean;
}

const told = (error: unknown): string =>
  isAppError(error)
    ? error.code
    : `bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;

async function round(nth: number, forEver: boolean): Promise<Round> {
  const place = join(folder, `${forEver ? 'ever' : 'once'}-${nth}`);
  mkdirSync(place);
  const path = join(place, 'watched.db');
  const acknowledged: string[] = [];
  const errors: string[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      errors.push(told(error));
      return undefined;
    }
  };
  const save = async (store: Store, id: string): Promise<void> =>
    attempt(async () => {
      await store.runs.save(sampleRun({ id }));
      acknowledged.push(id);
    });
  tell(nth, forEver);
  const first = await attempt(() => openStore(sqliteFiles, path));
  for (const id of ['run-0', 'run-1', 'run-2']) if (first) await save(first, id);
  const struck = calls();
  tell(0, false);
  // After the fault: on the same store where there is one, else on a new one.
  const store = first ?? (await attempt(() => openStore(sqliteFiles, path)));
  if (store) await save(store, 'afterwards');
  if (store) await attempt(() => store.close());
  return {
    nth,
    forEver,
    path,
    calls: struck,
    acknowledged,
    errors,
    recovered: acknowledged.includes('afterwards'),
  };
}

async function main(): Promise<void> {
  // Loads the engine and its schema without a fault.
  tell(0, false);
  const step = Number(process.env['EDGEBENCH_FAIL_STEP'] ?? 1);
  for (const forEver of [false, true])
    for (let nth = 1; nth < MOST; nth += step) {
      const result = await round(nth, forEver);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      // The fault lay beyond the last call.
      if (result.calls < nth) break;
    }
  closeSync(control);
}

void main();
