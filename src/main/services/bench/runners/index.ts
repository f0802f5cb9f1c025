import type { DeviceRunner } from '@main/ports/device-runner';
import type { LocalFiles } from '@main/ports/local-files';
import type { RunnerKits } from '@main/ports/runner-kit';
import type { RunnerChoice, RunnerName } from '@shared/model/runner';
import { BenchmarkModelRunner } from './benchmark-model';
import { EdgebenchRunner } from './edgebench';

/** What runners are made from. */
export interface RunnerParts {
  readonly files: LocalFiles;
  readonly kits: RunnerKits;
}

const MAKERS: Record<RunnerName, (parts: RunnerParts, choice: RunnerChoice) => DeviceRunner> = {
  edgebench: ({ files, kits }) => new EdgebenchRunner(files, kits),
  benchmark_model: ({ files }, { program }) => new BenchmarkModelRunner(files, program),
};

/** The runner that was chosen. */
export const runnerOf = (choice: RunnerChoice, parts: RunnerParts): DeviceRunner =>
  MAKERS[choice.name](parts, choice);
