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

/** Reads a shell service to its end; `withProtocol` when the device speaks shell v2. */
export async function readShell(
  service: Service,
  withProtocol: boolean,
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
      const packet = withProtocol ? await readPacket(service) : await readRaw(service);
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

interface Packet {
  readonly id: number;
  readonly bytes: Buffer;
}

async function readPacket(service: Service): Promise<Packet> {
  const head = await service.reader.exactly(5);
  const length = head.readUInt32LE(1);
  if (length > OUTPUT_KEPT) throw connectionLost(new Error('a shell packet is too long'));
  return { id: head[0] as number, bytes: await service.reader.exactly(length) };
}

/** Without the protocol, output and errors come mixed, and the end of the connection is the end of the command. */
async function readRaw(service: Service): Promise<Packet> {
  const bytes = await service.reader.some();
  if (bytes) return { id: STDOUT, bytes };
  const { failure } = service.reader;
  // A timeout or a cancel was put there by us; a closed connection is how a command ends.
  if (failure instanceof AppError && failure.code === 'device.lost')
    return { id: EXIT, bytes: Buffer.alloc(0) };
  throw failure;
}
