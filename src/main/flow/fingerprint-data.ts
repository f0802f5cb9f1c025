import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

async function addFile(hash: Hash, name: string, path: string): Promise<void> {
  hash.update(`${name.length}:${name}:${(await stat(path)).size}:`);
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
}

/** SHA-256 of a data file's content, or of the names and contents of the files in a folder and the folders in it. */
export async function fingerprintData(path: string): Promise<string> {
  const hash = createHash('sha256');
  if ((await stat(path)).isDirectory()) {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length));
    // Not in the order of a locale: the same data has the same hash everywhere.
    for (const name of files.sort()) await addFile(hash, name.replaceAll('\\', '/'), join(path, name));
  } else await addFile(hash, 'data', path);
  return hash.digest('hex');
}
