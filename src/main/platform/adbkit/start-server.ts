import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '@shared/error/app-error';
import { findAdb } from './find-adb';

const START_MS = 20_000;

/** Given to adbkit as its adb program, so that it starts none by itself: we do, with a message when that fails. */
export const NO_PROGRAM = 'edgebench-starts-the-adb-server-itself';

/** Whether an error means that no ADB server listens. */
export const isServerMissing = (cause: unknown): boolean => {
  const { code, path } = (cause ?? {}) as { code?: string; path?: string };
  return code === 'ECONNREFUSED' || path === NO_PROGRAM;
};

/** Starts an ADB server on a port. It outlives us, as other tools may have come to use it. Rejects with `device.adb-missing`. */
export async function startServer(port: number): Promise<void> {
  const adb = findAdb();
  if (!adb)
    throw new AppError(
      'device.adb-missing',
      'Phones cannot be reached: the adb program was not found. Install Android platform-tools, or set ANDROID_HOME.',
    );
  try {
    await promisify(execFile)(adb, ['-P', String(port), 'start-server'], { timeout: START_MS });
  } catch (cause) {
    throw new AppError('device.adb-missing', `The ADB server could not be started by '${adb}'.`, { cause });
  }
}
