import type { BenchmarkInput } from '@shared/api/jobs';
import { isAppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import { embeddedRequest } from './cloud-plan';
import type { JobContext } from './jobs';
import { measureCloudFlow } from './measure-cloud';
import type { FlowTools } from './tools';

/** A baseline that cannot be had costs the comparison its cloud side, not the runs. */
export async function tryCloud(
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
