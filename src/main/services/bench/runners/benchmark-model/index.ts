import type { DeviceRunner, InstalledRunner } from '@main/ports/device-runner';
import type { LocalFiles } from '@main/ports/local-files';
import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import { InstalledBenchmarkModel } from './installed';

/** Where people put it: its own instructions say /data/local/tmp, its builds are named after the processor. */
const NAMES = [
  'benchmark_model',
  'benchmark_model_plus_flex',
  'android_aarch64_benchmark_model',
  'android_aarch64_benchmark_model_plus_flex',
  'android_arm_benchmark_model',
  'android_x86_64_benchmark_model',
];
const PLACES = [...NAMES.map((name) => `/data/local/tmp/${name}`), '/usr/local/bin/benchmark_model'];

/**
 * Google's benchmark_model (github.com/google-ai-edge/LiteRT, tflite/tools/benchmark): the user's own program, or one that is on the
 * device already. It tells statistics instead of samples.
 */
export class BenchmarkModelRunner implements DeviceRunner {
  readonly name = 'benchmark_model';
  readonly #files: LocalFiles;
  readonly #program: string | undefined;

  constructor(files: LocalFiles, program: string | undefined) {
    this.#files = files;
    this.#program = program;
  }

  async install(target: RunnerTarget, signal?: AbortSignal): Promise<InstalledRunner> {
    if (this.#program !== undefined) {
      const file = await this.#files.identify(this.#program);
      const path = await target.putProgram(file, signal);
      return new InstalledBenchmarkModel(target, this.#files, { path, sha256: file.sha256 });
    }
    const found = await target.find(PLACES, signal);
    if (found) return new InstalledBenchmarkModel(target, this.#files, found);
    throw new AppError(
      'device.unsupported',
      `There is no benchmark_model on ${target.serial} (looked for ${NAMES[0]} and its builds' names in /data/local/tmp): name the program with --benchmark-model.`,
    );
  }
}
