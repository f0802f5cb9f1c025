import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '@shared/error/app-error';
import type { NamedTensors } from '@shared/model/tensor';
import type { BenchSink, RunHeader } from '../services/bench';
import { writeArrays } from '../services/data';
import { compareWithHost } from './host-check';
import type { JobContext } from './jobs';
import { rememberDeviceStage } from './remember-device-stage';
import type { RealInput } from './real-input';
import type { FlowTools } from './tools';

/** On this computer the network can be cut for one process, so there "works offline" is measured. */
async function withOffline(run: RunHeader, tools: FlowTools, job: JobContext): Promise<RunHeader> {
  if (run.status !== 'completed' || run.device.kind !== 'this-computer') return run;
  const variant = await tools.store.variants.get(run.variant.hash);
  if (!variant) return run;
  const offline = await tools.offline.answers(variant.path, variant.signatures[0]?.key, job.signal);
  return offline === undefined ? run : { ...run, offline };
}

/** What a plan has made so far, on all of its devices. */
export interface PlanResults {
  readonly runIds: string[];
  readonly files: string[];
}

/** Keeps what is measured at once: a run that began is in the history whatever happens next. */
export function storeSink(
  tools: FlowTools,
  job: JobContext,
  made: PlanResults,
  inputs: RealInput | undefined,
  outputsFolder: string | undefined,
): BenchSink {
  const { runIds, files } = made;
  const { runs } = tools.store;
  return {
    async begin(run) {
      await runs.begin(run);
      runIds.push(run.id);
      job.note({ runIds: [...runIds] });
    },
    launch: (runId, launch) => runs.addLaunch(runId, launch),
    async finish(run, extras) {
      const finished = await withOffline(run, tools, job);
      await runs.finish(finished);
      if (run.status !== 'completed')
        job.log(`${run.name} on ${run.device.serial}: ${run.status}${run.reason ? `, ${run.reason}` : ''}`);
      const { firstOutputs } = extras;
      if (!inputs || !firstOutputs) return;
      if (outputsFolder !== undefined) {
        files.push(await writeOutputs(outputsFolder, run, firstOutputs));
        job.note({ files: [...files] });
      }
      const hostCheck = await compareWithHost(run, firstOutputs, inputs, tools, job);
      if (!hostCheck) return;
      await runs.finish({ ...finished, hostCheck });
      if (hostCheck.stage) await rememberDeviceStage(run.variant.hash, hostCheck.stage, tools.store);
    },
  };
}

/** Named after the recipe and the run, as a serial can hold any character. */
async function writeOutputs(folder: string, run: RunHeader, outputs: NamedTensors): Promise<string> {
  const file = join(folder, `${run.variant.recipe.replaceAll(/[^\w.-]/g, '_')}-${run.id}.npz`);
  try {
    await mkdir(folder, { recursive: true });
    await writeArrays(file, outputs);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('file.unwritable', `The outputs cannot be written to '${file}'.`, { cause });
  }
  return file;
}
