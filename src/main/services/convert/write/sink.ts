import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '@shared/error/app-error';

/** Where a model is written to; every byte of it is given once, but not in order. */
export interface ModelSink {
  write(position: number, bytes: Uint8Array): void;
  /** All was written. */
  finish(): void;
  /** It will not be finished: leaves nothing behind. */
  abandon(): void;
}

/** Writes a file that appears under its name only when it is complete. */
export class FileSink implements ModelSink {
  readonly #path: string;
  readonly #part: string;
  readonly #file: number;

  constructor(path: string) {
    this.#path = path;
    this.#part = `${path}.${process.pid}.part`;
    this.#file = this.#try(() => openSync(this.#part, 'w'));
  }

  write(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.byteLength;)
      done += this.#try(() => writeSync(this.#file, bytes, done, bytes.byteLength - done, position + done));
  }

  finish(): void {
    this.#try(() => {
      closeSync(this.#file);
      renameSync(this.#part, this.#path);
    });
  }

  abandon(): void {
    closeSync(this.#file);
    rmSync(this.#part, { force: true });
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AppError(
        'file.unwritable',
        `The model cannot be written to '${this.#path}': ${reason}. Check the folder and the free space.`,
        { cause },
      );
    }
  }
}

/** Keeps the model in memory; for small ones. */
export class MemorySink implements ModelSink {
  #buffer = new Uint8Array(1 << 12);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  write(position: number, bytes: Uint8Array): void {
    this.#length = Math.max(this.#length, position + bytes.byteLength);
    if (this.#length > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#buffer.byteLength));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, position);
  }

  finish(): void {
    // Nothing is pending in memory.
  }

  abandon(): void {
    this.#length = 0;
  }
}
