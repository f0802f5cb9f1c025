import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { AppError } from '@shared/error/app-error';
import { findAdb } from './find-adb';
import { inheritedFiles } from './inherited-files';

const START_MS = 20_000;

/** Given to adbkit as its adb program, so that it starts none by itself: we do, with a message when that fails. */
export const NO_PROGRAM = 'edgebench-starts-the-adb-server-itself';

/** Whether an error means that no ADB server listens. */
export const isServerMissing = (cause: unknown): boolean => {
  const { code, path } = (cause ?? {}) as { code?: string; path?: string };
  return code === 'ECONNREFUSED' || path === NO_PROGRAM;
};

/**
 * Runs a program to its end and answers its exit status. What it leaves behind in the background holds none of our files:
 * each one that it would inherit is the null device there.
 */
async function runDetached(program: string, args: readonly string[]): Promise<number | null> {
  const nothing = openSync(devNull, 'r+');
  try {
    const stdio: ('ignore' | number)[] = ['ignore', 'ignore', 'ignore'];
    for (const fd of inheritedFiles()) stdio[fd] = nothing;
    const child = spawn(program, [...args], {
      stdio: Array.from(stdio, (entry) => entry ?? 'ignore'),
      timeout: START_MS,
    });
    const [status] = (await once(child, 'exit')) as [number | null];
    return status;
  } finally {
    closeSync(nothing);
  }
}

/** Starts an ADB server on a port. It outlives us, as other tools may have come to use it. Rejects with `device.adb-missing`. */
export async function startServer(port: number): Promise<void> {
  const adb = findAdb();
  if (!adb)
    throw new AppError(
      'device.adb-missing',
      'Phones cannot be reached: the adb program was not found. Install Android platform-tools, or set ANDROID_HOME.',
    );
  const refuse = (cause: unknown) =>
    new AppError('device.adb-missing', `The ADB server could not be started by '${adb}'.`, { cause });
  const status = await runDetached(adb, ['-P', String(port), 'start-server']).catch((cause: unknown) => {
    throw refuse(cause);
  });
  if (status !== 0) throw refuse(new Error(`adb start-server ended with status ${status}`));
}
