import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STALE_MS = 15_000;
const ALIVE_MS = 3_000;

/**
 * Holds the file `path` as a lock while `work` runs, so that two set-ups do not meet. Waits for another holder;
 * one that died (no sign of life for 15 s) is passed over. `waiting` is told once, with the holder's process id.
 */
export async function withLock(path, waiting, work) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !take(path); await sleep(250)) {
    const holder = holderOf(path);
    if (holder === undefined) continue;
    if (Date.now() - holder.seenMs > STALE_MS) rmSync(path, { force: true });
    else if (!told) told = (waiting(holder.pid), true);
  }
  const alive = setInterval(() => touch(path), ALIVE_MS);
  const leave = () => rmSync(path, { force: true });
  const stop = () => process.exit(130);
  process.once('exit', leave);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    process.removeListener('exit', leave);
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    leave();
  }
}

function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path) {
  try {
    return { pid: Number(readFileSync(path, 'utf8')), seenMs: statSync(path).mtimeMs };
  } catch {
    return undefined; // gone meanwhile
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // removed by hand: nothing to keep alive
  }
}
