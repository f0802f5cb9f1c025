import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { PushRequest } from '@main/ports/adb';
import { AppError } from '@shared/error/app-error';
import type { Service } from './transport';

// Limits and commands: SYNC.TXT and file_sync_protocol.h in packages/modules/adb.
const DATA_MOST = 64 * 1024;
/** Bytes that may wait to be written: enough that the next system call takes many packets at once, flat for any file. */
const MOST_WAITING = 1 << 20;
const REGULAR_FILE = 0o100000;

const command = (name: string, value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.write(name, 'latin1');
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
};

const withPath = (name: string, path: string): Buffer => {
  const bytes = Buffer.from(path, 'utf8');
  if (bytes.length > 1024) throw new Error('a path on the device is too long');
  return Buffer.concat([command(name, bytes.length), bytes]);
};

/** Sends a file through an open "sync:" service. The device answers early only to refuse, which is read as it comes. */
export async function pushThrough(service: Service, request: PushRequest): Promise<void> {
  const { socket, reader } = service;
  const watch = stallWatch(service, request);
  // The answer is read from the start, so that a full disk is heard of at once and not after the last byte.
  const answer = readAnswer(service, request.path);
  answer.catch(() => undefined);
  let refused = false;
  answer.then(
    () => undefined,
    () => {
      refused = true;
    },
  );
  try {
    const mode = REGULAR_FILE | (request.executable ? 0o755 : 0o644);
    socket.write(withPath('SEND', `${request.path},${mode}`));
    let sent = 0;
    for await (const piece of request.contents) {
      for (let at = 0; at < piece.length && !refused; at += DATA_MOST) {
        const data = piece.subarray(at, at + DATA_MOST);
        socket.write(command('DATA', data.length));
        socket.write(data);
        if (socket.writableLength > MOST_WAITING && socket.writableNeedDrain) await drained(socket, answer);
        if (reader.failure !== undefined) throw reader.failure;
        sent += data.length;
        watch.moved();
        request.onSent?.(sent);
      }
      if (refused) break;
    }
    if (!refused) socket.write(command('DONE', 0));
    watch.moved();
    await answer;
  } finally {
    watch.end();
    service.close();
  }
}

/** Waits until more can be written, or there is no use in it: the connection ended, or the device has answered. */
async function drained(socket: Socket, answer: Promise<void>): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const ends = [once(socket, 'drain', { signal }), once(socket, 'close', { signal })];
  for (const end of ends) end.catch(() => undefined);
  try {
    await Promise.race([...ends, answer]);
  } finally {
    over.abort();
  }
}

async function readAnswer(service: Service, path: string): Promise<void> {
  const head = await service.reader.exactly(8);
  const name = head.toString('latin1', 0, 4);
  if (name === 'OKAY') return;
  const length = Math.min(head.readUInt32LE(4), 4096);
  const why =
    name === 'FAIL' ? (await service.reader.exactly(length)).toString('utf8') : `it answered ${name}`;
  throw fileRefused(path, why);
}

/** Reads a file through an open "sync:" service. */
export async function pullThrough(
  service: Service,
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const watch = stallWatch(service, { stallMs: 30_000, signal });
  try {
    service.socket.write(withPath('RECV', path));
    const pieces: Buffer[] = [];
    for (let total = 0; ;) {
      const head = await service.reader.exactly(8);
      const name = head.toString('latin1', 0, 4);
      const length = head.readUInt32LE(4);
      if (name === 'DONE') return Buffer.concat(pieces);
      if (name !== 'DATA')
        throw fileRefused(path, (await service.reader.exactly(Math.min(length, 4096))).toString('utf8'));
      total += length;
      if (total > limit || length > DATA_MOST)
        throw new AppError('device.unsupported', `The file '${path}' on the device is longer than expected.`);
      pieces.push(Buffer.from(await service.reader.exactly(length)));
      watch.moved();
    }
  } finally {
    watch.end();
    service.close();
  }
}

function fileRefused(path: string, why: string): AppError {
  const options = { details: { said: why.slice(0, 300) } };
  if (/No space left/i.test(why))
    return new AppError(
      'device.no-space',
      `The device has no room left for '${path}': free some storage.`,
      options,
    );
  return new AppError('device.not-ready', `The device refuses '${path}': ${why.slice(0, 300)}.`, options);
}

function stallWatch(service: Service, limits: { stallMs: number; signal?: AbortSignal | undefined }) {
  const stop = (error: unknown): void => {
    service.reader.fail(error);
    service.socket.destroy();
  };
  const onStall = (): void =>
    stop(
      new AppError(
        'timeout',
        `No byte reached the device for ${limits.stallMs / 1000} s: check the cable and try again.`,
      ),
    );
  let timer = setTimeout(onStall, limits.stallMs);
  const onAbort = (): void => stop(limits.signal?.reason);
  limits.signal?.addEventListener('abort', onAbort, { once: true });
  if (limits.signal?.aborted) onAbort();
  return {
    moved(): void {
      clearTimeout(timer);
      timer = setTimeout(onStall, limits.stallMs);
    },
    end(): void {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
    },
  };
}
