import type { OperatorTime } from '@main/ports/device-runner';
import { nsOf } from './told';

const MOST_OPERATORS = 100_000;
const SUBGRAPH = /^Subgraph \(index: (\d+), /;

/** Kernels of delegates are named after them (TfLiteXNNPackDelegate, TfLiteGpuDelegateV2, TfLiteNnapiDelegate). */
const isDelegate = (type: string): boolean => /delegate/i.test(type);

/** How a table's rows are read, from its header. */
interface Columns {
  readonly separator: string;
  readonly count: number;
  readonly average: number;
}

/**
 * Reads the operators' times from what `--enable_op_profiling` prints, as a table or as CSV (core/util/stats_calculator.cc): the rows in
 * the order of the runs, of the model's nodes and of what ran inside delegates. Only those of the regular runs count.
 */
export class OperatorTables {
  readonly times: OperatorTime[] = [];
  readonly #runs: number;
  #isRegular = false;
  #isInner = false;
  #subgraph = 0;
  /** Undefined outside of a table in the order of the runs. */
  #columns: Columns | undefined;
  #isRunOrder = false;
  #kernels = 0;
  #nodes = 0;

  /** `runs`: how often each operator ran, which the tables do not tell. */
  constructor(runs: number) {
    this.#runs = runs;
  }

  /** Nodes of the model that no delegate took, and kernels of delegates; undefined when no table was seen. */
  nodes(): { readonly left: number; readonly kernels: number } | undefined {
    return this.#nodes === 0 ? undefined : { left: this.#nodes - this.#kernels, kernels: this.#kernels };
  }

  take(line: string): void {
    if (line.startsWith('Operator-wise Profiling Info for Regular Benchmark Runs')) {
      this.#isRegular = true;
      this.#isInner = false;
      this.#subgraph = 0;
    } else if (line.startsWith('Profiling Info for Benchmark Initialization')) this.#isRegular = false;
    else if (SUBGRAPH.test(line)) this.#subgraph = Number(SUBGRAPH.exec(line)?.[1]);
    else if (line.startsWith('Delegate internal')) this.#isInner = true;
    else if (line.startsWith('=====')) {
      this.#isRunOrder = line.includes(' Run Order ');
      this.#columns = undefined;
    } else if (this.#isRegular && this.#isRunOrder) this.#row(line);
  }

  #row(line: string): void {
    if (!this.#columns) {
      this.#columns = columnsOf(line);
      this.#isRunOrder = this.#columns !== undefined;
      return;
    }
    const { separator, count, average } = this.#columns;
    const cells = line.split(separator).slice(separator === '\t' ? 1 : 0);
    const averageNs = nsOf(Number(cells[average]) * 1000);
    if (cells.length < count || averageNs === undefined) {
      this.#isRunOrder = false;
      return;
    }
    if (this.times.length >= MOST_OPERATORS) return;
    const type = (cells[0] ?? '').trim();
    // A name may hold the separator: it is all that follows.
    const name = cells.slice(count - 1).join(separator);
    if (!this.#isInner) this.#nodes++;
    if (!this.#isInner && isDelegate(type)) this.#kernels++;
    this.times.push({
      subgraph: this.#subgraph,
      index: this.times.length,
      name: `${type} ${name}`.trim().slice(0, 4096),
      inner: this.#isInner,
      runs: this.#runs,
      totalNs: averageNs * this.#runs,
    });
  }
}

/** Newer tools have no column of start times, so the columns are found by their titles. */
function columnsOf(header: string): Columns | undefined {
  const separator = header.startsWith('\t') ? '\t' : ', ';
  const titles = header
    .split(separator)
    .slice(separator === '\t' ? 1 : 0)
    .map((title) => title.trim().replaceAll(/[[\]]/g, ''));
  const average = titles.findIndex((title) => title === 'avg ms' || title === 'avg_ms');
  return titles[0] === 'node type' && average > 0 ? { separator, count: titles.length, average } : undefined;
}
