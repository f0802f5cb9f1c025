import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const MANIFEST = 'manifest.json';

/** True when the folder of the cache holds exactly what was once put there whole (names and sizes). */
export function isWhole(folder) {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return false;
  const { files } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(files).every(([name, bytes]) => {
    const entry = statSync(join(folder, name), { throwIfNoEntry: false });
    return entry?.size === bytes;
  });
}

/**
 * Makes the cache folder `folder` by `fill(temporaryFolder)`, which puts files directly into it; the folder appears
 * only when all of them are there, so an interrupted set-up leaves nothing that looks finished.
 */
export async function makeWhole(folder, source, fill) {
  const temporary = `${folder}.part`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const names = await fill(temporary);
  const files = Object.fromEntries(names.map((name) => [name, statSync(join(temporary, name)).size]));
  writeFileSync(join(temporary, MANIFEST), `${JSON.stringify({ source, files }, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
}

/** Copies a file to where it is looked for, by way of a temporary name, so that no half file is ever loaded. */
export function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = join(dirname(to), `.${basename(to)}.${process.pid}`);
  copyFileSync(from, temporary);
  rmSync(to, { force: true });
  renameSync(temporary, to);
}

/** True when both files have the same bytes. */
export function sameFile(left, right) {
  if (!existsSync(left) || !existsSync(right)) return false;
  return statSync(left).size === statSync(right).size && readFileSync(left).equals(readFileSync(right));
}
