import { cpus } from 'node:os';
import { makeVariants, type MakeRequest } from './flow/make-variants';
import { findAppRoot } from './platform/node/app-paths';
import { nodeModelFiles } from './platform/node/model-files';
import type { WorkerTask } from './platform/node/worker-serve';
import { RunnerParts } from './platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from './platform/tflite-runner/tflite-runtime';
import { RunnerRangeCollector } from './platform/tflite-runner/range-collector';

/** Threads for calibration: more than a few do not make a small model faster. */
export const calibrationThreads = (): number => Math.max(1, Math.min(4, cpus().length));

/** The worker that converts and quantizes: a MakeRequest in, MadeVariants out. */
export const runConvert: WorkerTask = (request, onProgress) => {
  const parts = new RunnerParts(findAppRoot());
  const tools = {
    files: nodeModelFiles,
    ranges: new RunnerRangeCollector(parts, calibrationThreads()),
    runtime: new TfliteRunnerRuntime(parts),
  };
  return makeVariants(request as MakeRequest, tools, onProgress);
};
