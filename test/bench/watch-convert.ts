import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forkLauncher } from '@main/platform/node/fork-worker';
import { loadRecipes } from '@main/platform/node/recipes';
import { callWorker } from '@main/platform/node/worker-call';
import type { WorkerLauncher } from '@main/ports/worker';
import type { Progress } from '@shared/model/job';

// `node script.cjs MODEL WORK CLI` watches conversions from outside: how long nothing was heard of one in its worker process,
// and how long it took from a cancel to the end of the process, of the worker and of the command line.
const [model = '', work = '', cli = ''] = process.argv.slice(2);

/** When cancels come, as shares of the time that the conversion took. */
const MOMENTS = [0.1, 0.3, 0.5, 0.7, 0.9];

const worker = join(dirname(cli), 'worker.js');
const outFolder = join(work, 'watched');
const recipes = loadRecipes(join(dirname(cli), '../../resources'), 'none').filter(
  ({ name }) => name === 'float32',
);

interface Watched {
  readonly ms: number;
  readonly reports: number;
  readonly largestGapMs: number;
  /** Milliseconds from the cancel to the answer, and to the end of the process; undefined when it had ended before. */
  readonly answerMs: number | undefined;
  readonly goneMs: number | undefined;
}

/** One conversion in a worker process, as the engine runs it; cancelled after `cancelAtMs`. */
async function inWorker(cancelAtMs = Infinity): Promise<Watched> {
  let exited: () => void;
  const gone = new Promise<void>((resolve) => (exited = resolve));
  const launcher: WorkerLauncher = {
    start: (kind, events) =>
      forkLauncher(worker).start(kind, {
        ...events,
        exit(...how) {
          exited();
          events.exit(...how);
        },
      }),
  };
  const started = performance.now();
  let [last, largestGapMs, reports] = [started, 0, 0];
  const heard = (): void => {
    const now = performance.now();
    largestGapMs = Math.max(largestGapMs, now - last);
    last = now;
  };
  const controller = new AbortController();
  let cancelled: number | undefined;
  const cancel = (): void => {
    cancelled = performance.now();
    controller.abort(new Error('cancelled'));
  };
  const timer = cancelAtMs < Infinity ? setTimeout(cancel, cancelAtMs) : undefined;
  await callWorker(launcher, {
    kind: 'convert',
    request: { model, recipes, outFolder },
    title: 'The converter',
    timeoutMs: 600_000,
    signal: controller.signal,
    onProgress: (progress) => {
      if ((progress as Progress).stage) reports++;
      heard();
    },
  }).then(heard, (error: unknown) => {
    if (cancelled === undefined) throw error;
  });
  const answered = performance.now();
  clearTimeout(timer);
  await gone;
  const since = (moment: number): number | undefined =>
    cancelled === undefined ? undefined : moment - cancelled;
  return {
    ms: last - started,
    reports,
    largestGapMs,
    answerMs: since(answered),
    goneMs: since(performance.now()),
  };
}

/** Milliseconds from an interrupt after `atMs` to the end of the command. */
const inCommand = (atMs: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const out = join(work, 'watched.tflite');
    const args = ['--data-dir', join(work, 'data'), 'convert', model, '-o', out, '--no-validate'];
    const child = spawn(process.execPath, [cli, ...args], { stdio: 'ignore' });
    let cancelled: number | undefined;
    const timer = setTimeout(() => {
      cancelled = performance.now();
      child.kill('SIGINT');
    }, atMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(cancelled === undefined ? undefined : performance.now() - cancelled);
    });
  });

const largest = (values: readonly (number | undefined)[]): number =>
  Math.max(...values.filter((value) => value !== undefined));

async function run(): Promise<void> {
  mkdirSync(outFolder, { recursive: true });
  const whole = await inWorker();
  const workers: Watched[] = [];
  const commands: (number | undefined)[] = [];
  for (const share of MOMENTS) {
    workers.push(await inWorker(share * whole.ms));
    commands.push(await inCommand(share * whole.ms));
  }
  rmSync(outFolder, { recursive: true, force: true });
  console.log(
    JSON.stringify({
      ...whole,
      answerMs: largest(workers.map(({ answerMs }) => answerMs)),
      workerGoneMs: largest(workers.map(({ goneMs }) => goneMs)),
      commandGoneMs: largest(commands),
    }),
  );
}

void run();
