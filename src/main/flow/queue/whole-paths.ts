import { resolve } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';

/** The request with its files told from the root: another process, in another folder, may be the one that does it. */
export function withWholePaths(input: BenchmarkInput): BenchmarkInput {
  const { calibration, data, outputs, runner, delegates } = input;
  return {
    ...input,
    model: resolve(input.model),
    ...(calibration === undefined ? {} : { calibration: resolve(calibration) }),
    ...(data === undefined ? {} : { data: resolve(data) }),
    ...(outputs === undefined ? {} : { outputs: resolve(outputs) }),
    ...(runner?.program === undefined ? {} : { runner: { ...runner, program: resolve(runner.program) } }),
    ...(delegates === undefined
      ? {}
      : {
          delegates: delegates.map((choice) =>
            choice.library === undefined ? choice : { ...choice, library: resolve(choice.library) },
          ),
        }),
  };
}
