import { availableParallelism } from 'node:os';
import { makeVariants, type MakeRequest } from './flow/make-variants';
import { fingerprintBeside } from './fingerprint-task';
import { findAppRoot } from './platform/node/app-paths';
import { nodeModelFiles } from './platform/node/model-files';
import type { WorkerTask } from './platform/node/worker-serve';
import { RunnerParts } from './platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from './platform/tflite-runner/tflite-runtime';
import { RunnerRangeCollector } from './platform/tflite-runner/range-collector';

/** Processes that calibrate side by side: as many as processors, few enough for their memory; EDGEBENCH_CALIBRATION_PROCESSES says otherwise. */
export function calibrationProcesses(): number {
  const given = Number(process.env['EDGEBENCH_CALIBRATION_PROCESSES']);
  return Number.isInteger(given) && given > 0 ? Math.min(given, 64) : Math.min(4, availableParallelism());
}

/** The worker that converts and quantizes: a MakeRequest in, MadeVariants out. */
export const convertTask =
  (workerFile: string): WorkerTask =>
  (request, onProgress) => {
    const parts = new RunnerParts(findAppRoot());
    const tools = {
      files: nodeModelFiles,
      fingerprint: fingerprintBeside(workerFile),
      ranges: new RunnerRangeCollector(parts, calibrationProcesses()),
      runtime: new TfliteRunnerRuntime(parts),
    };
    return makeVariants(request as MakeRequest, tools, onProgress);
  };
