import { AppError } from '@shared/error/app-error';
import type { Delegate } from '@shared/model/delegate';
import { readDelegation, type Delegation } from './delegation';
import { OutputLines } from './lines';
import { OperatorTables } from './operator-table';
import { nsOf, readStatistics, type Statistics } from './told';

const INITIALIZED = /^Initialized session in ([\d.e+]+) ?ms\.?$/;
const TIMINGS =
  /^Inference timings in us: Init: (\S+), First inference: (\S+), Warmup \(avg\): (\S+), Inference \(avg\): (\S+)$/;
/** Tools before 2020, and the Android app, put them in another order. */
const OLD_TIMINGS =
  /^Average inference timings in us: Warmup: (\S+), Init: (\S+), (?:no stats|Inference): (\S+)/;
const PEAK = /^Overall peak memory footprint \(MB\) via periodic monitoring: ([\d.e+]+)$/;
const RESIDENT = /^- VmRSS\s*: (\d+) MB$/;
const UNCONSUMED = /^Unconsumed cmdline flags: (.*)$/;
const ACCELERATORS = /^NNAPI accelerators available: \[(.*)\]$/;
/** What ends a run, wherever it is printed. */
const REFUSALS = [
  /^Failed to /,
  /^Benchmarking failed/,
  /^Disallowed CPU fallback/,
  /^Signature not specified/,
  /^The size of .* is .* bytes/,
  /^Didn't find op for builtin opcode/,
  /^Encountered unresolved custom op/,
];

/** Everything that a run of benchmark_model printed, as far as it is understood. */
export class Transcript {
  readonly delegation: Delegation = {
    delegated: undefined,
    operators: undefined,
    split: undefined,
    partitions: undefined,
    extent: undefined,
  };
  readonly tables: OperatorTables;
  readonly accelerators: string[] = [];
  initNs: number | undefined;
  warmup: Statistics | undefined;
  regular: Statistics | undefined;
  peakBytes: number | undefined;
  residentBytes: number | undefined;
  /** Flags that this version does not know. */
  unconsumed: readonly string[] = [];
  /** The line that the tool ends with: without it, the output is cut off. */
  ended = false;
  readonly #asked: Delegate;
  readonly #lines: OutputLines;
  readonly #errorLines: OutputLines;
  readonly #refusals: string[] = [];
  #statistics = 0;
  #impossible: string | undefined;

  constructor(asked: Delegate, profiledRuns = 1) {
    this.#asked = asked;
    this.tables = new OperatorTables(profiledRuns);
    this.#lines = new OutputLines((line) => this.#take(line));
    this.#errorLines = new OutputLines((line) => this.#take(line));
  }

  /** Output as it comes; throws `runner.failed` when there is no end to it. */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  /** What it said on the error stream; on both it says what counts. */
  pushErrors(text: string): void {
    this.#errorLines.push(new TextEncoder().encode(`${text}\n`));
  }

  /** What the tool refused with, if it said so. */
  get refusal(): string | undefined {
    return this.#refusals[0]?.slice(0, 300);
  }

  /** Why this cannot be taken for a measurement; undefined when it can. */
  get problem(): string | undefined {
    if (this.#impossible !== undefined) return `it tells impossible times: ${this.#impossible.slice(0, 200)}`;
    if (this.refusal !== undefined) return this.refusal;
    if (!this.ended || !this.regular) return 'its output ends before its results';
    return undefined;
  }

  /** The figures, or `runner.failed` with the reason why there are none. */
  results(where: string): Statistics {
    const { problem, regular } = this;
    if (problem === undefined && regular) return regular;
    throw new AppError('runner.failed', `benchmark_model on ${where}: ${problem ?? 'no results'}.`);
  }

  #take(line: string): void {
    readDelegation(line, this.#asked, this.delegation);
    this.tables.take(line);
    const statistics = readStatistics(line);
    if (statistics === undefined) this.#takeFigure(line);
    else if (statistics === 'impossible') this.#impossible ??= line;
    else this.#takeStatistics(statistics);
  }

  /** The first line is the warm-up's, the second that of the regular runs. */
  #takeStatistics(statistics: Statistics | 'none'): void {
    this.#statistics++;
    if (statistics === 'none') return;
    if (this.#statistics === 1) this.warmup = statistics;
    else if (this.#statistics === 2) this.regular = statistics;
  }

  #takeFigure(line: string): void {
    const initialized = INITIALIZED.exec(line);
    if (initialized) this.initNs = this.#time(Number(initialized[1]) * 1000, line);
    else if (TIMINGS.test(line) || OLD_TIMINGS.test(line)) this.#end(line);
    else if (PEAK.test(line)) this.peakBytes = bytesOf(PEAK.exec(line)?.[1]);
    else if (RESIDENT.test(line)) this.residentBytes = bytesOf(RESIDENT.exec(line)?.[1]);
    else if (UNCONSUMED.test(line)) this.unconsumed = (UNCONSUMED.exec(line)?.[1] ?? '').trim().split(/\s+/);
    else if (ACCELERATORS.test(line))
      this.accelerators.push(...(ACCELERATORS.exec(line)?.[1] ?? '').split(',').filter(Boolean).slice(0, 64));
    else if (REFUSALS.some((refusal) => refusal.test(line)) && this.#refusals.length < 20)
      this.#refusals.push(line);
  }

  /** It repeats the mean: a line that was cut off, or is of another run, does not. Without a warm-up, that average is "nan". */
  #end(line: string): void {
    const [init, , , inference] = TIMINGS.exec(line)?.slice(1) ?? [];
    const told = TIMINGS.test(line) ? [init, inference] : OLD_TIMINGS.exec(line)?.slice(2);
    const [, meanNs] = (told ?? []).map((figure) => this.#time(figure, line));
    this.ended = meanNs !== undefined && meanNs === this.regular?.latency.meanNs;
  }

  #time(microseconds: string | number | undefined, line: string): number | undefined {
    const ns = nsOf(microseconds);
    if (ns === undefined) this.#impossible ??= line;
    return ns;
  }
}

const MOST_MB = 1 << 24;
function bytesOf(megabytes: string | undefined): number | undefined {
  const value = Number(megabytes);
  return Number.isFinite(value) && value > 0 && value < MOST_MB ? Math.round(value * 2 ** 20) : undefined;
}
