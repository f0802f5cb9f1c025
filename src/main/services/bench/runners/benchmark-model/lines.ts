import { AppError } from '@shared/error/app-error';

const LONGEST_LINE = 16 * 1024;
/** A table of operators of the largest models takes some MiB. */
const MOST_BYTES = 16 << 20;
const NEWLINE = 10;
const decoder = new TextDecoder();

/** What stands before a message: a severity (tools/logging.h), or logcat's columns where the tool runs inside an app. */
const SEVERITY =
  /^(?:\d\d-\d\d \d\d:\d\d:\d\d\.\d+\s+\d+\s+\d+ [VDIWEF] \S+\s*: )?(?:(?:INFO|WARN|WARNING|ERROR|FATAL|VERBOSE): )?/;

/**
 * Cuts a program's output into whole lines, each given without what stands before its message. A line longer than 16 KiB is left
 * out; after 16 MiB in all it throws `runner.failed`. What comes after the last line feed is no line.
 */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  #pending: Uint8Array = new Uint8Array(0);
  #tooLong = false;
  #bytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) throw new AppError('runner.failed', 'benchmark_model prints without end.');
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, start)) {
      this.#end(bytes.subarray(start, at));
      start = at + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  #end(rest: Uint8Array): void {
    this.#keep(rest);
    if (!this.#tooLong) {
      const text = decoder.decode(this.#pending).replace(/\r$/, '');
      this.#onLine(text.replace(SEVERITY, ''));
    }
    this.#pending = new Uint8Array(0);
    this.#tooLong = false;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0 || this.#tooLong) return;
    if (this.#pending.length + part.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#pending = new Uint8Array(0);
      return;
    }
    const all = new Uint8Array(this.#pending.length + part.length);
    all.set(this.#pending);
    all.set(part, this.#pending.length);
    this.#pending = all;
  }
}
