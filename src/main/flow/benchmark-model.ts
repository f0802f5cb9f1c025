import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';
import { AppError, isAppError } from '@shared/error/app-error';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { NamedTensors } from '@shared/model/tensor';
import { encodeTensor } from '@shared/runner/tensor-stream';
import {
  measure,
  type BenchEvent,
  type BenchSink,
  type BenchVariant,
  type RunHeader,
} from '../services/bench';
import { openDataSet, sampleOf, writeArrays } from '../services/data';
import { convertModelFlow } from './convert-model';
import { compareWithHost } from './host-check';
import type { JobContext } from './jobs';
import { LiveSamples } from './live-samples';
import { embeddedRequest } from './cloud-plan';
import { measureCloudFlow } from './measure-cloud';
import { keepNoiseFloors, requireVerdicts, twice } from './noise-floor';
import type { FlowTools } from './tools';

/** Few threads are what phones' big clusters have, and what apps use. */
const DEFAULT_THREADS = 1;

/** What a benchmark made; its runs are on the job as they begin. */
export interface BenchmarkResult {
  readonly model: ModelInfo;
  readonly variants: readonly VariantInfo[];
  readonly runIds: readonly string[];
}

/** Converts, validates, pushes, measures and stores: one run for each variant and device, kept launch by launch. */
export async function benchmarkModelFlow(
  input: BenchmarkInput,
  tools: FlowTools,
  job: JobContext,
): Promise<BenchmarkResult> {
  const profile = tools.profiles.find(({ name }) => name === input.profile);
  if (!profile) throw new AppError('usage.wrong', `There is no measurement profile '${input.profile}'.`);
  if (input.aa) requireVerdicts(profile);
  const serials = await tools.devices.resolve(input.devices);
  const targets = await Promise.all(serials.map((serial) => tools.devices.target(serial)));
  const { model, variants } = await convertModelFlow(input, tools, job);
  const fit = fitVariants(variants, input.allowFailedValidation === true, job);

  const folder = await mkdtemp(join(tmpdir(), 'edgebench-bench-'));
  try {
    const inputs = await realInput(input, model, folder);
    const benchVariants = await Promise.all(
      fit.map((variant) => benchVariant(variant, model, input.signature, inputs, tools)),
    );

    const runIds: string[] = [];
    const live = new LiveSamples();
    const problems = await measure(
      tools.clock,
      {
        planId: job.id,
        variants: input.aa ? twice(benchVariants) : benchVariants,
        targets,
        threads: [input.threads ?? DEFAULT_THREADS],
        xnnpack: input.xnnpack ?? true,
        profile,
        affinity: input.cores,
        prepare: input.prepare ?? true,
        appVersion: tools.appVersion,
        newId: randomUUID,
      },
      storeSink(tools, job, runIds, inputs, input.outputs),
      (event) => showEvent(event, job, live),
      job.signal,
    );
    for (const { serial, error } of problems) job.log(`${serial}: ${error.message}`);
    const [first] = problems;
    if (first && problems.length === targets.length) throw first.error;
    if (input.aa) await keepNoiseFloors(runIds, tools, job);
    if (input.cloud) await tryCloud(input, model, tools, job);
    return { model, variants, runIds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A baseline that cannot be had costs the comparison its cloud side, not the runs. */
async function tryCloud(
  input: BenchmarkInput,
  model: ModelInfo,
  tools: FlowTools,
  job: JobContext,
): Promise<void> {
  const isShort = input.profile === 'demo';
  try {
    await measureCloudFlow(
      embeddedRequest(
        model,
        input.data ?? input.calibration,
        input.network === undefined ? ['none', '4g'] : [input.network],
        isShort ? { windowMs: 700, maxWindows: 5 } : { windowMs: 2000, maxWindows: 10 },
      ),
      tools,
      job,
    );
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled') throw error;
    job.log(`No cloud baseline: ${error.message}`);
  }
}

/** A variant that failed validation is not measured unless the user says so; when none is left, that is the failure. */
function fitVariants(
  variants: readonly VariantInfo[],
  override: boolean,
  job: JobContext,
): readonly VariantInfo[] {
  const failed = variants.filter(({ validation }) => validation?.status === 'failed');
  if (override || failed.length === 0) return variants;
  for (const { recipe, validation } of failed)
    job.log(`${recipe} failed validation and is left out: ${validation?.reasons.join(' ') ?? ''}`);
  const fit = variants.filter((variant) => !failed.includes(variant));
  if (fit.length === 0)
    throw new AppError(
      'validate.failed',
      `Every variant failed validation (${failed[0]?.validation?.reasons[0] ?? ''}) Use --allow-failed-validation to measure them all the same.`,
    );
  return fit;
}

/** The first sample of the user's data as the runner reads it; none for random data, which the runner makes itself. */
async function realInput(
  input: BenchmarkInput,
  model: ModelInfo,
  folder: string,
): Promise<RealInput | undefined> {
  const path = input.data ?? input.calibration;
  const signature = model.signatures.find(({ key }) => key === (input.signature ?? model.defaultSignature));
  if (path === undefined || !signature) return undefined;
  const data = await openDataSet(path, signature.inputs);
  try {
    const batch = await data.slice(0, 1);
    const records = Object.entries(batch).map(([name, tensor]) =>
      encodeTensor({ name, tensor: sampleOf(tensor, 0) }),
    );
    const file = join(folder, 'inputs.bin');
    await writeFile(file, Buffer.concat(records));
    return { file, sample: batch };
  } finally {
    await data.close();
  }
}

/** One sample of the user's data: as a file for the runner, and as tensors with a first axis of one sample. */
export interface RealInput {
  readonly file: string;
  readonly sample: Awaited<ReturnType<Awaited<ReturnType<typeof openDataSet>>['slice']>>;
}

async function benchVariant(
  variant: VariantInfo,
  model: ModelInfo,
  signature: string | undefined,
  inputs: RealInput | undefined,
  tools: FlowTools,
): Promise<BenchVariant> {
  return {
    name: `${model.name} ${variant.recipe}`,
    model: { hash: model.id, name: model.name, format: model.format, bytes: model.bytes },
    variant: { hash: variant.id, recipe: variant.recipe, bytes: variant.bytes },
    file: await tools.localFiles.identify(variant.path),
    ...(signature === undefined ? {} : { signature }),
    ...(inputs && takesFloats(variant, tools)
      ? { inputs: await tools.localFiles.identify(inputs.file) }
      : {}),
  };
}

/** Integer inputs would need the sample encoded; the runner makes values up for them. */
const takesFloats = (variant: VariantInfo, tools: FlowTools): boolean =>
  tools.recipes.find(({ name }) => name === variant.recipe)?.inputType === 'float32';

/** On this computer the network can be cut for one process, so there "works offline" is measured. */
async function withOffline(run: RunHeader, tools: FlowTools, job: JobContext): Promise<RunHeader> {
  if (run.status !== 'completed' || run.device.kind !== 'this-computer') return run;
  const variant = await tools.store.variants.get(run.variant.hash);
  if (!variant) return run;
  const offline = await tools.offline.answers(variant.path, variant.signatures[0]?.key, job.signal);
  return offline === undefined ? run : { ...run, offline };
}

/** Keeps what is measured at once: a run that began is in the history whatever happens next. */
function storeSink(
  tools: FlowTools,
  job: JobContext,
  runIds: string[],
  inputs: RealInput | undefined,
  outputsFolder: string | undefined,
): BenchSink {
  const files: string[] = [];
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
      if (hostCheck) await runs.finish({ ...finished, hostCheck });
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

function showEvent(event: BenchEvent, job: JobContext, live: LiveSamples): void {
  if (event.kind === 'sending')
    job.progress({
      stage: `send ${event.serial}`,
      message: `Sending ${event.name} to ${event.serial}`,
      fraction: event.of > 0 ? Math.min(1, event.bytes / event.of) : 1,
    });
  else if (event.kind === 'launching') {
    live.begin(event.serial, `${event.name}, launch ${event.launch + 1} of ${event.of}`);
    job.progress({
      stage: `measure ${event.serial} ${event.name} ${event.launch}`,
      message: `Measuring ${event.name} on ${event.serial}: launch ${event.launch + 1} of ${event.of}`,
      fraction: event.total > 0 ? Math.min(1, event.done / event.total) : 0,
    });
  } else if (event.kind === 'samples') {
    live.add(event.serial, event.samplesNs);
    job.note({ live: live.list() });
  } else if (event.kind === 'cooling')
    job.progress({ stage: `cool ${event.serial}`, message: `Letting ${event.serial} cool down` });
}
