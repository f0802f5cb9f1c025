import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeModel, type Model, type Pace, type WriteReport } from '../services/convert';

export interface HashedFile extends WriteReport {
  readonly path: string;
  /** SHA-256 of the file, which is its name, too. */
  readonly hash: string;
}

/** A file at work in the variants folder: `.PID-NUMBER.part`, and what the writer makes of it, `.PID-NUMBER.part.PID.part`. */
const PART = /^\.(\d+)-\d+\.part(\.\d+\.part)?$/;
const READ_BYTES = 1 << 20;

/** Writes under a temporary name and gives the file its hash for a name: it is there whole or not at all. */
export async function writeHashed(model: Model, folder: string, pace: Pace): Promise<HashedFile> {
  const temporary = join(folder, `.${process.pid}-${Math.trunc(performance.now() * 1000)}.part`);
  try {
    const report = await writeModel(model, temporary, pace);
    const hash = await hashOf(temporary, report.bytes, pace);
    const path = join(folder, `${hash}.tflite`);
    await rename(temporary, path);
    return { ...report, path, hash };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function hashOf(path: string, bytes: number, pace: Pace): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES })) {
    hash.update(piece as Buffer);
    if (pace.step('write', bytes, bytes)) await pace.rest();
  }
  return hash.digest('hex');
}

/** Removes what processes that were killed at work left in the variants folder; files of living ones stay. */
export async function removeStaleParts(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const owner = PART.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user lives, though no signal may be sent to it.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
