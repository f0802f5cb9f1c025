import type { AdbConnection } from '@main/ports/adb';
import { AppError } from '@shared/error/app-error';

/** Runs a command that prints nothing when all is well. Rejects with `device.no-space` or `device.unsupported` and what was said. */
export async function assertDone(
  connection: AdbConnection,
  command: readonly string[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { exitStatus, output, errors } = await connection.shell({ command, timeoutMs, signal });
  if (exitStatus === 0 || (exitStatus === undefined && output === '')) return;
  throw refusedBy((errors || output).trim().slice(0, 300), command.slice(0, 2).join(' '));
}

/** What a device means with its refusal of a command. */
export function refusedBy(said: string, command: string): AppError {
  if (/No space left/i.test(said))
    return new AppError('device.no-space', `The device has no room left: ${said}. Free some storage.`);
  if (/Read-only file system|Permission denied/i.test(said))
    return new AppError(
      'device.unsupported',
      `The device does not let us use its storage: ${said}. Its /data/local/tmp must be open to the shell.`,
    );
  return new AppError('device.unsupported', `The device refuses '${command}': ${said || 'no reason given'}.`);
}
