import type { Progress } from '@shared/model/job';

/**
 * Where a command's words go. Results on stdout (with --json exactly one JSON object, and nothing else); progress on
 * stderr: a bar that redraws itself on a terminal, and a line per stage elsewhere.
 */
export class Output {
  readonly #json: boolean;
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  #barShown = false;
  #lastStage = '';

  constructor(options: {
    readonly json: boolean;
    readonly stdout?: NodeJS.WriteStream;
    readonly stderr?: NodeJS.WriteStream;
  }) {
    this.#json = options.json;
    this.#stdout = options.stdout ?? process.stdout;
    this.#stderr = options.stderr ?? process.stderr;
  }

  /** The command's result: `data` as JSON, or `text` for people. */
  result(data: unknown, text: string): void {
    this.clear();
    this.#stdout.write(this.#json ? `${JSON.stringify(data)}\n` : `${text}\n`);
  }

  /** A line for people that is no result. */
  note(text: string): void {
    this.clear();
    this.#stderr.write(`${text}\n`);
  }

  progress(progress: Progress): void {
    // A command's own job waits for nobody: that it is queued is no news.
    if (progress.stage === 'queued') return;
    const percent = progress.fraction === undefined ? '' : `${Math.floor(progress.fraction * 100)} %`;
    if (this.#stderr.isTTY) {
      const width = this.#stderr.columns ?? 80;
      const line = `${bar(progress.fraction)} ${percent.padStart(5)} ${progress.message}`;
      this.#stderr.write(`\r\u001B[2K${line.slice(0, width - 1)}`);
      this.#barShown = true;
    } else if (progress.stage !== this.#lastStage) {
      this.#stderr.write(`${progress.message}\n`);
    }
    this.#lastStage = progress.stage;
  }

  clear(): void {
    if (this.#barShown) this.#stderr.write('\r\u001B[2K');
    this.#barShown = false;
  }
}

const BAR_CELLS = 24;
function bar(fraction: number | undefined): string {
  const full = fraction === undefined ? 0 : Math.round(fraction * BAR_CELLS);
  return `[${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}]`;
}
