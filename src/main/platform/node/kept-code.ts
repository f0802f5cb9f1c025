import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Compiled code of one script; `key` stands for the script's bytes and for what compiled them. */
export interface KeptCode {
  readonly name: string;
  readonly key: string;
  readonly code: Buffer;
}

const HASH_BYTES = 32;

/** File: SHA-256 of the rest, length of a JSON index in 4 bytes, the index, the codes one after the other. */
export function writeKeptCode(path: string, codes: readonly KeptCode[]): void {
  const index = Buffer.from(JSON.stringify(codes.map(({ name, key, code }) => [name, key, code.length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  const rest = [length, index, ...codes.map(({ code }) => code)];
  // Under another name first: what reads it at the same time finds all of it or the one before.
  const part = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(part, Buffer.concat([hashOf(rest), ...rest]), { mode: 0o600 });
    renameSync(part, path);
  } catch {
    removeQuietly(part);
  }
}

/** What was kept, by name; nothing of a file that is missing or not whole. */
export function readKeptCode(path: string): ReadonlyMap<string, KeptCode> {
  const kept = new Map<string, KeptCode>();
  try {
    const file = readFileSync(path);
    const rest = file.subarray(HASH_BYTES);
    if (!hashOf([rest]).equals(file.subarray(0, HASH_BYTES))) return kept;
    let at = 4 + rest.readUInt32LE(0);
    const index = JSON.parse(rest.toString('utf8', 4, at)) as [name: string, key: string, length: number][];
    for (const [name, key, length] of index) {
      kept.set(name, { name, key, code: rest.subarray(at, at + length) });
      at += length;
    }
  } catch {
    // Compiling anew is what happens without it.
  }
  return kept;
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where nothing can be written, there may be nothing to remove either.
  }
}

function hashOf(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
