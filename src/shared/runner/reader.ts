import { crc32 } from './crc32';
import { runnerEventSchema, type RunnerEvent } from './events';

const LONGEST_LINE = 64 * 1024;
const NOISE_KEPT = 8 * 1024;
const NEWLINE = 10;
const decoder = new TextDecoder();

/**
 * Finds the runner's lines in whatever comes out of a process or a shell. A line counts only with the right protocol
 * number, nonce and checksum, and only as the next in order; anything else is noise. A gap or a line after the end is kept as
 * `broken`, so that a damaged stream is never taken for a whole one.
 */
export class RunnerReader {
  #pending: Uint8Array = new Uint8Array(0);
  #next = 0;
  #noise = '';
  #noiseBytes = 0;
  #broken: string | undefined;
  #ended: Extract<RunnerEvent, { ev: 'end' }> | undefined;
  readonly #prefix: string;
  readonly #onEvent: (event: RunnerEvent) => void;

  constructor(nonce: string, onEvent: (event: RunnerEvent) => void) {
    this.#prefix = `{"p":1,"n":"${nonce}","i":`;
    this.#onEvent = onEvent;
  }

  /** The "end" line, once it was read; nothing else proves that the runner came to its end. */
  get end(): Extract<RunnerEvent, { ev: 'end' }> | undefined {
    return this.#broken === undefined ? this.#ended : undefined;
  }

  /** What is wrong with the stream, if anything. */
  get broken(): string | undefined {
    return this.#broken;
  }

  /** Bytes of what was not ours, all in all. */
  get noiseBytes(): number {
    return this.#noiseBytes;
  }

  /** The last 8 KiB of what was not ours: a linker's complaint, a shell's message. */
  get noise(): string {
    return this.#noise;
  }

  push(bytes: Uint8Array): void {
    const all = this.#pending.length === 0 ? bytes : concat(this.#pending, bytes);
    let start = 0;
    for (let at = all.indexOf(NEWLINE); at >= 0; at = all.indexOf(NEWLINE, start)) {
      this.#line(all.subarray(start, at));
      start = at + 1;
    }
    this.#pending = all.slice(start);
    if (this.#pending.length > LONGEST_LINE) {
      this.#noiseBytes += this.#pending.length;
      this.#keepNoise(decoder.decode(this.#pending.subarray(0, 256)));
      this.#pending = this.#pending.slice(-256);
    }
  }

  #line(raw: Uint8Array): void {
    const text = decoder.decode(raw).trimEnd();
    const start = text.indexOf(this.#prefix);
    if (start < 0) return this.#keepNoise(`${text}\n`);
    if (start > 0) this.#keepNoise(`${text.slice(0, start)}\n`);
    const line = text.slice(start);
    const seal = /,"c":"([0-9a-f]{8})"\}$/.exec(line);
    if (!seal || crc32(new TextEncoder().encode(line.slice(0, seal.index))) !== parseInt(seal[1] ?? '', 16))
      return this.#break('a line of the runner arrived damaged');
    this.#event(line);
  }

  #event(line: string): void {
    const json: unknown = JSON.parse(line);
    const number = (json as { i: unknown }).i;
    if (this.#ended) return this.#break('the runner went on after its end');
    if (number !== this.#next) return this.#break(`line ${this.#next} of the runner is missing`);
    this.#next++;
    const parsed = runnerEventSchema.safeParse(json);
    if (!parsed.success) return this.#break(`line ${this.#next - 1} of the runner is not understood`);
    if (parsed.data.ev === 'end') this.#ended = parsed.data;
    this.#onEvent(parsed.data);
  }

  #break(why: string): void {
    this.#broken ??= why;
  }

  #keepNoise(text: string): void {
    this.#noiseBytes += text.length;
    this.#noise = (this.#noise + text).slice(-NOISE_KEPT);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
