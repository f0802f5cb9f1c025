import type { OpenFile } from '@main/ports/local-files';

// Limits and commands: SYNC.TXT and file_sync_protocol.h in packages/modules/adb.
export const DATA_MOST = 64 * 1024;
const HEAD = 8;
/** Packets that are read and written at once: one system call for each of both. */
const PACKETS = 16;
/** Batches on their way at once, so that the next is read while one is written; memory is flat for any file. */
const BATCHES = 3;

/** A command of the sync protocol: four letters and a number. */
export const syncCommand = (name: string, value: number): Buffer => {
  const bytes = Buffer.alloc(HEAD);
  bytes.write(name, 'latin1');
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
};

/** Memory laid out as packets in a row, which a file is read into and which is written as it is: nothing is copied. */
class Batch {
  readonly #bytes = Buffer.allocUnsafeSlow(PACKETS * (HEAD + DATA_MOST));
  readonly slots = Array.from({ length: PACKETS }, (_, i) =>
    this.#bytes.subarray(i * (HEAD + DATA_MOST) + HEAD, (i + 1) * (HEAD + DATA_MOST)),
  );
  written: Promise<void> = Promise.resolve();

  constructor() {
    for (let i = 0; i < PACKETS; i++)
      syncCommand('DATA', DATA_MOST).copy(this.#bytes, i * (HEAD + DATA_MOST));
  }

  /** The packets of the first `count` bytes. */
  packets(count: number): Buffer {
    const whole = Math.floor(count / DATA_MOST);
    const rest = count % DATA_MOST;
    const end = whole * (HEAD + DATA_MOST);
    if (rest === 0) return this.#bytes.subarray(0, end);
    this.#bytes.writeUInt32LE(rest, end + 4);
    return this.#bytes.subarray(0, end + HEAD + rest);
  }
}

/** Writes a file as DATA packets; `write` resolves when its bytes are no longer needed. Calls `onWritten` with all bytes so far. */
export async function writeFrames(
  contents: Pick<OpenFile, 'readInto'>,
  write: (bytes: Buffer) => Promise<void>,
  onWritten: (bytes: number) => void,
): Promise<void> {
  const batches = Array.from({ length: BATCHES }, () => new Batch());
  let written = 0;
  try {
    for (let turn = 0; ; turn++) {
      const batch = batches[turn % BATCHES] as Batch;
      await batch.written;
      const count = await contents.readInto(batch.slots);
      if (count > 0)
        batch.written = write(batch.packets(count)).then(() => {
          written += count;
          onWritten(written);
        });
      // It is awaited when its turn comes; one that fails before is no stray rejection.
      batch.written.catch(() => undefined);
      if (count < PACKETS * DATA_MOST) break;
    }
  } finally {
    // Nothing is read into them any more, but what is on its way must not be freed under the socket, nor lost.
    await Promise.allSettled(batches.map(({ written: done }) => done));
  }
  await Promise.all(batches.map(({ written: done }) => done));
}
