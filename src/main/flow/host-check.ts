import { isAppError } from '@shared/error/app-error';
import type { NamedTensors } from '@shared/model/tensor';
import type { RunHeader } from '../services/bench';
import type { RealInput } from './benchmark-model';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';

/** One step of an 8-bit output, or rounding of a float one: XNNPACK and the built-in kernels may differ so much. */
const TOLERANCE = 0.02;

/** The first outputs on the device against this computer's on the same input: is it the same model that was measured? */
export async function compareWithHost(
  run: RunHeader,
  deviceOutputs: NamedTensors,
  inputs: RealInput,
  tools: FlowTools,
  job: JobContext,
): Promise<void> {
  const [runtime] = tools.runtimes;
  const variant = await tools.store.variants.get(run.variant.hash);
  if (!runtime || !variant || (await runtime.unavailable()) !== undefined) return;
  try {
    const host = await runtime.run(
      { modelPath: variant.path, inputs: inputs.sample, xnnpack: true },
      job.signal,
    );
    const worst = Math.max(
      0,
      ...Object.entries(host.outputs).map(([name, tensor]) =>
        difference(tensor.data, deviceOutputs[name]?.data),
      ),
    );
    const what = `${run.name} on ${run.device.serial}: its outputs `;
    job.log(
      worst <= TOLERANCE
        ? `${what}equal this computer's (largest difference ${worst.toExponential(1)} of their range)`
        : `${what}DIFFER from this computer's by ${(worst * 100).toFixed(1)} % of their range`,
    );
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled') throw error;
    job.log(`${run.name}: its outputs could not be compared with this computer's: ${error.message}`);
  }
}

/** Largest difference as a share of the host's range; infinite when there is nothing to compare. */
function difference(
  host: ArrayLike<number | bigint>,
  device: ArrayLike<number | bigint> | undefined,
): number {
  if (!device || device.length !== host.length) return Infinity;
  let [most, least, worst] = [-Infinity, Infinity, 0];
  for (let i = 0; i < host.length; i++) {
    const [a, b] = [Number(host[i]), Number(device[i])];
    most = Math.max(most, a);
    least = Math.min(least, a);
    worst = Math.max(worst, Object.is(a, b) ? 0 : Math.abs(a - b));
  }
  const range = most - least;
  return worst === 0 ? 0 : worst / (range > 0 ? range : Math.max(1, Math.abs(most)));
}
