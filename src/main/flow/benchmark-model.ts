import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import type { DelegateChoice } from '@shared/model/delegate';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { RunnerChoice } from '@shared/model/runner';
import { measure, runnerOf } from '../services/bench';
import { showEvent } from './bench-progress';
import { benchVariant } from './bench-variant';
import { tryCloud } from './cloud-beside';
import { convertModelFlow } from './convert-model';
import { fitVariants } from './fit-variants';
import type { JobContext } from './jobs';
import { LiveSamples } from './live-samples';
import { keepNoiseFloors, requireVerdicts, twice } from './noise-floor';
import { realInput } from './real-input';
import { storeSink } from './run-sink';
import type { FlowTools } from './tools';

/** Few threads are what phones' big clusters have, and what apps use. */
const DEFAULT_THREADS = 1;
const DEFAULT_DELEGATES: readonly DelegateChoice[] = [{ kind: 'xnnpack' }];
const OUR_RUNNER: RunnerChoice = { name: 'edgebench' };

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
        runner: runnerOf(input.runner ?? OUR_RUNNER, tools.runnerParts),
        delegates: input.delegates ?? DEFAULT_DELEGATES,
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
