import type { AdbConnection } from '@main/ports/adb';
import type { LocalFile, LocalFiles, OpenFile } from '@main/ports/local-files';
import { assertDone } from './assert-done';

const SHORT_MS = 30_000;
const STALL_MS = 20_000;
/**
 * A device drops what it got of a file when the connection breaks, so that a large one goes in segments: a push that is taken up
 * again begins with the first segment that did not arrive. Putting a segment to the others costs the device a copy of it.
 */
export const SEGMENT_BYTES = 64 << 20;
const SIZE_SCRIPT = 'stat -c %s "$1" 2>/dev/null || echo 0';
const APPEND_SCRIPT = 'cat "$1" >> "$2" && rm -f "$1"';

export interface Sending {
  readonly file: LocalFile;
  /** Where it is to lie on the device. */
  readonly path: string;
  readonly executable: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** Whole segments of a large file that an earlier push, cut off, left on the device; in bytes. */
export async function bytesThere(connection: AdbConnection, sending: Sending): Promise<number> {
  const { file, path, signal } = sending;
  if (file.bytes <= SEGMENT_BYTES) return 0;
  const command = ['sh', '-c', SIZE_SCRIPT, 'sh', path];
  const { output } = await connection.shell({ command, timeoutMs: SHORT_MS, signal });
  const bytes = Number(output.trim());
  return bytes < file.bytes && bytes % SEGMENT_BYTES === 0 ? bytes : 0;
}

/** Sends what of a file is not there yet; `from` is what `bytesThere` answered. */
export async function sendFile(
  connection: AdbConnection,
  files: LocalFiles,
  sending: Sending,
  from: number,
): Promise<void> {
  const { file, path, executable, signal, onSent } = sending;
  const contents = await files.open(file.path, from);
  try {
    for (let at = from; at < file.bytes || at === 0; at += SEGMENT_BYTES) {
      const target = at === 0 ? path : `${path}.next`;
      await connection.push({
        contents: upTo(contents, file.bytes <= SEGMENT_BYTES ? Infinity : SEGMENT_BYTES),
        path: target,
        executable,
        stallMs: STALL_MS,
        signal,
        ...(onSent ? { onSent: (bytes: number) => onSent(at + bytes) } : {}),
      });
      if (at > 0)
        await assertDone(connection, ['sh', '-c', APPEND_SCRIPT, 'sh', target, path], SHORT_MS, signal);
    }
  } finally {
    await contents.close();
  }
}

/** The next so many bytes of a file as if they were all of it. */
function upTo(contents: OpenFile, most: number): Pick<OpenFile, 'readInto'> {
  let left = most;
  return {
    async readInto(buffers) {
      const wanted: Uint8Array[] = [];
      let room = left;
      for (const buffer of buffers) {
        if (room <= 0) break;
        wanted.push(buffer.length <= room ? buffer : buffer.subarray(0, room));
        room -= buffer.length;
      }
      if (wanted.length === 0) return 0;
      const count = await contents.readInto(wanted);
      left -= count;
      return count;
    },
  };
}
