import type { Socket } from 'node:net';
import { AppError } from '@shared/error/app-error';

/**
 * Reads exactly as many bytes as are asked for from a socket, one request at a time. A connection that breaks rejects with
 * `device.lost`; one that gives nothing for `silenceMs` with `timeout`.
 */
export class SocketReader {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #held = 0;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#chunks.push(bytes);
      this.#held += bytes.length;
      // Whoever sends more than is asked for waits, so that memory stays flat.
      if (this.#held > 1 << 22) socket.pause();
      this.#wake?.();
    });
    const lost = (cause?: unknown): void => this.fail(connectionLost(cause));
    socket.on('end', lost);
    socket.on('close', () => lost());
    socket.on('error', lost);
  }

  /** Ends every present and future wait with an error. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  get failure(): unknown {
    return this.#failure;
  }

  async exactly(count: number): Promise<Buffer> {
    while (this.#held < count) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#held = all.length - count;
    this.#chunks = this.#held > 0 ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }

  /** Whatever is there, at least one byte; undefined when the connection ends. */
  async some(): Promise<Buffer | undefined> {
    const first = await this.exactly(1).catch(() => undefined);
    return first && Buffer.concat([first, await this.exactly(this.#held)]);
  }
}

export const connectionLost = (cause?: unknown): AppError =>
  new AppError(
    'device.lost',
    'The connection to the device broke: check the cable, and that the device is on and unlocked.',
    { cause },
  );
