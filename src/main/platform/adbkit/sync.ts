import type { PushRequest } from '@main/ports/adb';
import { AppError } from '@shared/error/app-error';
import { DATA_MOST, syncCommand, writeFrames } from './push-frames';
import { connectionLost } from './socket-reader';
import type { Service } from './transport';

const REGULAR_FILE = 0o100000;

const withPath = (name: string, path: string): Buffer => {
  const bytes = Buffer.from(path, 'utf8');
  if (bytes.length > 1024) throw new Error('a path on the device is too long');
  return Buffer.concat([syncCommand(name, bytes.length), bytes]);
};

/** Sends a file through an open "sync:" service. The device answers early only to refuse, which is read as it comes. */
export async function pushThrough(service: Service, request: PushRequest): Promise<void> {
  const { socket } = service;
  const watch = stallWatch(service, request);
  // The answer is read from the start, so that a full disk is heard of at once and not after the last byte.
  const answer = readAnswer(service, request.path);
  answer.catch(() => socket.destroy());
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.write(bytes, (error) => (error ? reject(new WriteFailure(error)) : resolve()));
    });
  try {
    const mode = REGULAR_FILE | (request.executable ? 0o755 : 0o644);
    await write(withPath('SEND', `${request.path},${mode}`));
    await writeFrames(request.contents, write, (sent) => {
      watch.moved();
      request.onSent?.(sent);
    });
    await write(syncCommand('DONE', 0));
    watch.moved();
    await answer;
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    // The device refused, or the connection is gone: the answer knows which.
    service.reader.fail(connectionLost(error.cause));
    await answer;
    throw service.reader.failure;
  } finally {
    watch.end();
    service.close();
  }
}

/** Bytes could not be written; why is told by whoever reads. */
class WriteFailure extends Error {
  constructor(cause: unknown) {
    super('bytes could not be written', { cause });
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
  if (/Read-only file system|Permission denied/i.test(why))
    return new AppError(
      'device.unsupported',
      `The device does not let us use '${path}': ${why.slice(0, 300)}. Its /data/local/tmp must be open to the shell.`,
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
  const timer = setTimeout(onStall, limits.stallMs);
  const onAbort = (): void => stop(limits.signal?.reason);
  limits.signal?.addEventListener('abort', onAbort, { once: true });
  if (limits.signal?.aborted) onAbort();
  return {
    moved(): void {
      timer.refresh();
    },
    end(): void {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
    },
  };
}
