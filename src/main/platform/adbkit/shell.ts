import type { ShellRequest, ShellResult } from '@main/ports/adb';
import { AppError } from '@shared/error/app-error';
import { connectionLost } from './socket-reader';
import type { Service } from './transport';

// Packets of the shell protocol: shell_protocol.h in packages/modules/adb.
const STDOUT = 1;
const STDERR = 2;
const EXIT = 3;
const OUTPUT_KEPT = 1 << 20;

class Output {
  #kept: Buffer[] = [];
  #bytes = 0;
  readonly #onOutput: ((bytes: Uint8Array) => void) | undefined;

  constructor(onOutput?: (bytes: Uint8Array) => void) {
    this.#onOutput = onOutput;
  }

  add(bytes: Buffer): void {
    if (this.#onOutput) return this.#onOutput(bytes);
    if (this.#bytes < OUTPUT_KEPT) this.#kept.push(bytes.subarray(0, OUTPUT_KEPT - this.#bytes));
    this.#bytes += bytes.length;
  }

  get text(): string {
    return Buffer.concat(this.#kept).toString('utf8');
  }
}

/** Reads a shell service to its end: packets as `next` gives them, until the one with the exit status. */
export async function readShell(
  service: Service,
  next: () => Promise<Packet>,
  request: ShellRequest,
): Promise<ShellResult> {
  const output = new Output(request.onOutput);
  const errors = new Output();
  const stop = (error: unknown): void => {
    service.reader.fail(error);
    service.socket.destroy();
  };
  const slow = (ms: number, what: string): AppError =>
    new AppError('timeout', `A command on the device ${what} ${ms / 1000} s and was ended.`);
  const timer = setTimeout(() => stop(slow(request.timeoutMs, 'took more than')), request.timeoutMs);
  let silence = watchSilence();
  function watchSilence(): NodeJS.Timeout | undefined {
    const ms = request.silenceMs;
    return ms === undefined ? undefined : setTimeout(() => stop(slow(ms, 'said nothing for')), ms);
  }
  const onAbort = (): void => stop(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    request.signal?.throwIfAborted();
    for (;;) {
      const packet = await next();
      clearTimeout(silence);
      silence = watchSilence();
      if (packet.id === STDOUT) output.add(packet.bytes);
      else if (packet.id === STDERR) errors.add(packet.bytes);
      else if (packet.id === EXIT)
        return { exitStatus: packet.bytes[0], output: output.text, errors: errors.text };
    }
  } finally {
    clearTimeout(timer);
    clearTimeout(silence);
    request.signal?.removeEventListener('abort', onAbort);
    service.close();
  }
}

export interface Packet {
  readonly id: number;
  readonly bytes: Buffer;
}

/** Packets of a shell that speaks shell v2. */
export const protocolPackets = (service: Service) => async (): Promise<Packet> => {
  const head = await service.reader.exactly(5);
  const length = head.readUInt32LE(1);
  if (length > OUTPUT_KEPT) throw connectionLost(new Error('a shell packet is too long'));
  return { id: head[0] as number, bytes: await service.reader.exactly(length) };
};

/**
 * Packets of a shell before v2 (Android 6 and earlier), where output and errors come mixed and only the connection's end tells that
 * of the command, be it whole or cut off. The command line has to end with `statusEcho(marker)`, whose line proves the former.
 */
export function plainPackets(service: Service, marker: string): () => Promise<Packet> {
  const longest = marker.length + 16;
  let held: Buffer = Buffer.alloc(0);
  let status: number | undefined;
  return async () => {
    for (;;) {
      if (status !== undefined) return { id: EXIT, bytes: Buffer.of(status) };
      const bytes = await service.reader.some();
      held = bytes ? Buffer.concat([held, bytes]) : held;
      let out: Buffer;
      if (bytes) {
        out = held.subarray(0, Math.max(0, held.length - longest));
        held = held.subarray(out.length);
      } else {
        const end = held.lastIndexOf(marker);
        const told = end < 0 ? undefined : / (\d{1,3})/.exec(held.toString('latin1', end))?.[1];
        if (told === undefined) throw service.reader.failure;
        status = Number(told);
        out = held.subarray(0, end);
      }
      if (out.length > 0) return { id: STDOUT, bytes: out };
    }
  };
}

/** Appended to a command line, tells its exit status on a line of its own. */
export const statusEcho = (marker: string): string => `; echo "${marker} $?"`;
