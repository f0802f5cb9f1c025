import { execFileSync } from 'node:child_process';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { LocalTarget } from '@main/platform/tflite-runner/local-target';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { runProgram } from '@main/services/bench/runners/edgebench/run-program';
import { median, say, turnAbout } from './device-figures';

const LOOP_ROUNDS = 9;
const LOOP_RUNS = 4000;

/** What the runner adds to an inference: against a loop of its own over the same library and model. */
export async function timingFigures(root: string, loopProgram: string, model: string): Promise<void> {
  const parts = new RunnerParts(root);
  const target = new LocalTarget(nodeLocalFiles);
  const { runner, library } = parts.files();
  const [ours, theirs, clocks]: [number[], number[], number[]] = [[], [], []];
  await turnAbout(
    LOOP_ROUNDS,
    async () => {
      const samples: number[] = [];
      await runProgram(
        target,
        { command: [runner], library },
        {
          mode: 'bench',
          options: {
            model,
            threads: 1,
            delegate: 'none',
            'warmup-runs': LOOP_RUNS,
            'warmup-seconds': 0,
            'min-samples': LOOP_RUNS,
            'min-seconds': 0,
            'state-seconds': undefined,
          },
          onEvent: (event) => {
            if (event.ev === 'samples') samples.push(...event.ns);
          },
          timeoutMs: 120_000,
        },
      );
      ours.push(samples.reduce((sum, ns) => sum + ns, 0) / samples.length);
    },
    () => {
      const told = execFileSync(loopProgram, [library, model, String(LOOP_RUNS), String(LOOP_RUNS)], {
        encoding: 'utf8',
      });
      const [inference = Number.NaN, clock = Number.NaN] = told.trim().split(' ').map(Number);
      theirs.push(inference);
      clocks.push(clock);
      return Promise.resolve();
    },
  );
  // The least of many rounds is what the code takes; the rest is what else the machine does.
  const [mine, other] = [Math.min(...ours), Math.min(...theirs)];
  const off = (mine / other - 1) * 100;
  const text = `${off >= 0 ? '+' : ''}${off.toFixed(2)} % of ${(other / 1000).toFixed(1)} us`;
  say("runner's mean against a loop of its own", text, 'within 1 %', Math.abs(off) <= 1);
  const clock = median(clocks);
  say('clock readings in the timed region', `${clock.toFixed(0)} ns`, '<= 1000 ns', clock <= 1000);
}
