import { randomUUID } from 'node:crypto';
import type { BenchmarkInput } from '@shared/api/jobs';
import type { DelegateChoice } from '@shared/model/delegate';
import type { RunnerChoice } from '@shared/model/runner';
import type { Launch, Run } from '@shared/model/run';
import { areSeparated } from '../services/compare';
import { measure, runnerOf, type BenchEvent } from '../services/bench';
import type { Store } from '../services/store';
import type { JobContext } from './jobs';
import type { PreparedPlan } from './prepare-plan';
import { storeSink, type PlanResults } from './run-sink';
import type { FlowTools } from './tools';

/** Few threads are what phones' big clusters have, and what apps use. */
const DEFAULT_THREADS = 1;
const DEFAULT_DELEGATES: readonly DelegateChoice[] = [{ kind: 'xnnpack' }];
const OUR_RUNNER: RunnerChoice = { name: 'edgebench' };

export interface DeviceBenchmark {
  readonly serial: string;
  readonly input: BenchmarkInput;
  readonly plan: PreparedPlan;
  /** This benchmark's are added. */
  readonly results: PlanResults;
  readonly onEvent: (event: BenchEvent) => void;
  /** One more launch is in the history. */
  readonly onLaunch: (launch: Launch) => Promise<void>;
  /** Ends it after the launch that is under way. */
  readonly pause: AbortSignal;
}

/**
 * A plan's part on one device: a run for each variant and setting, kept launch by launch. What an earlier attempt of the same plan
 * measured there is not measured again. Rejects with what ended it early; `pause`'s reason when that did.
 */
export async function benchmarkDevice(
  { serial, input, plan, results, onEvent, onLaunch, pause }: DeviceBenchmark,
  tools: FlowTools,
  job: JobContext,
): Promise<void> {
  const sink = storeSink(tools, job, results, plan.inputs, input.outputs);
  const problems = await measure(
    tools.clock,
    {
      planId: job.id,
      variants: plan.variants,
      targets: [await tools.devices.target(serial)],
      threads: [...new Set([input.threads ?? DEFAULT_THREADS].flat())],
      runner: runnerOf(input.runner ?? OUR_RUNNER, tools.runnerParts),
      delegates: input.delegates ?? DEFAULT_DELEGATES,
      profile: plan.profile,
      affinity: input.cores,
      prepare: input.prepare ?? true,
      appVersion: tools.appVersion,
      newId: randomUUID,
      earlier: await earlierRuns(tools.store, job.id, serial),
      pause,
      isDecided: (runs) => input.aa === true || areSeparated(runs),
    },
    {
      ...sink,
      async launch(runId, launch) {
        await sink.launch(runId, launch);
        await onLaunch(launch);
      },
    },
    onEvent,
    job.signal,
  );
  pause.throwIfAborted();
  const [problem] = problems;
  if (problem) throw problem.error;
}

/** Runs of a plan that are in the history, oldest first; all of them without a serial. */
export async function earlierRuns(store: Store, planId: string, deviceSerial?: string): Promise<Run[]> {
  const filter = { planId, ...(deviceSerial === undefined ? {} : { deviceSerial }) };
  const { runs } = await store.list(filter, { limit: 1000 });
  const found: Run[] = [];
  for (const { id } of [...runs].reverse()) found.push(await store.runs.get(id));
  return found;
}
