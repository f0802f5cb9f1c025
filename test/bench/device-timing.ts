import { spawn } from 'node:child_process';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerReader } from '@shared/runner/reader';
import { median, say, tell } from './device-figures';

const PAIRS = 3000;
/** Shorter than what a busy machine gives a process at a time, so that most blocks are undisturbed. */
const BLOCK_US = 1500;
/** Ranks on either side of the median between which the median of all pairs lies, at 95 %. */
const HALF_WIDTH = (pairs: number): number => Math.ceil(0.98 * Math.sqrt(pairs));

interface Blocks {
  /** Mean nanoseconds of an inference, block by block: as the runner's samples say, and timed around a plain loop. */
  readonly ours: readonly number[];
  readonly loop: readonly number[];
  readonly clockNs: number;
}

/** What the runner adds to an inference: against a plain loop over the same interpreter, block by block in turn. */
export async function timingFigures(root: string, loopProgram: string, model: string): Promise<void> {
  const { library } = new RunnerParts(root).files();
  for (const delegate of ['none', 'xnnpack']) {
    const { ours, loop, clockNs } = await pairedBlocks(loopProgram, library, model, delegate);
    const ratios = ours.map((ns, i) => (ns / (loop[i] ?? Number.NaN) - 1) * 100).sort((a, b) => a - b);
    const middle = Math.floor(ratios.length / 2);
    const [low, high] = [-1, 1].map(
      (side) => ratios[middle + side * HALF_WIDTH(ratios.length)] ?? Number.NaN,
    );
    const off = median(ratios);
    const signed = (value = Number.NaN): string => `${value >= 0 ? '+' : ''}${value.toFixed(2)}`;
    const text = `${signed(off)} (${signed(low)} to ${signed(high)}) % of ${(median(loop) / 1000).toFixed(1)} us`;
    // With XNNPACK the bundled model takes a few microseconds, of which reading the clock is a percent in itself.
    if (delegate === 'none')
      say("runner's mean against a plain loop", text, 'within 1 %', Math.abs(off) <= 1);
    else tell("runner's mean against a plain loop, tiny inference", text);
    const addedNs = median(ours.map((ns, i) => ns - (loop[i] ?? Number.NaN)));
    say(
      `harness in the timed region, ${delegate}`,
      `${addedNs.toFixed(0)} ns`,
      '<= 1000 ns',
      addedNs <= 1000,
    );
    if (delegate === 'none') tell('one pair of clock readings', `${clockNs.toFixed(0)} ns`);
  }
}

async function pairedBlocks(
  program: string,
  library: string,
  model: string,
  delegate: string,
): Promise<Blocks> {
  const sums: { total: number; count: number }[] = [];
  const reader = new RunnerReader('paired', (event) => {
    if (event.ev !== 'samples') return;
    if (event.from === 0) sums.push({ total: 0, count: 0 });
    const block = sums.at(-1);
    if (!block) return;
    block.total += event.ns.reduce((sum, ns) => sum + ns, 0);
    block.count += event.ns.length;
  });
  const child = spawn(program, [library, model, delegate, String(PAIRS), String(BLOCK_US)]);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => reader.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (!reader.end) throw new Error(`paired-loop broke down: ${said.slice(-500)}`);
  const lines = said.split('\n');
  const loop = lines.filter((line) => /^[\d.]+$/.test(line)).map(Number);
  const clockNs = Number(/^clock ([\d.]+)$/m.exec(said)?.[1]);
  if (loop.length !== PAIRS || sums.length !== PAIRS) throw new Error('paired-loop lost blocks');
  return { ours: sums.map(({ total, count }) => total / count), loop, clockNs };
}
