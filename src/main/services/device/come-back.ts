import { setTimeout as sleep } from 'node:timers/promises';
import type { AdbConnection } from '@main/ports/adb';
import { isAppError } from '@shared/error/app-error';

const ASK_MS = 3000;
const EVERY_MS = 500;

/** Whether a device that was lost answers again within some time: a cable put back, a daemon started anew. */
export async function comesBack(
  connection: AdbConnection,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end;) {
    try {
      await connection.shell({ command: ['true'], timeoutMs: ASK_MS, signal });
      return true;
    } catch (error) {
      if (signal?.aborted || !isAppError(error)) throw error;
    }
    await sleep(EVERY_MS, undefined, { signal });
  }
  return false;
}
