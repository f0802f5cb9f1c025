import { isAppError } from '@shared/error/app-error';
import type { Run } from '@shared/model/run';
import type { NamedTensors } from '@shared/model/tensor';
import type { RunHeader } from '../services/bench';
import { deviceStage } from '../services/validate';
import { describeVariant } from './describe-variant';
import type { JobContext } from './jobs';
import type { RealInput } from './real-input';
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
): Promise<Run['hostCheck']> {
  const [runtime] = tools.runtimes;
  const variant = await tools.store.variants.get(run.variant.hash);
  if (!runtime || !variant || (await runtime.unavailable()) !== undefined) return undefined;
  try {
    const host = await runtime.run(
      { modelPath: variant.path, inputs: inputs.sample, xnnpack: true },
      job.signal,
    );
    const found = Object.entries(host.outputs).map(([name, tensor]) =>
      difference(tensor.data, deviceOutputs[name]?.data),
    );
    const worst = Math.max(0, ...found.map(({ shareOfRange }) => shareOfRange));
    const what = `${run.name} on ${run.device.serial}: its outputs `;
    const agrees = worst <= TOLERANCE;
    job.log(
      agrees
        ? `${what}equal this computer's (largest difference ${worst.toExponential(1)} of their range)`
        : `${what}DIFFER from this computer's by ${(worst * 100).toFixed(1)} % of their range`,
    );
    const most = Math.max(0, ...found.map(({ maxAbsError }) => maxAbsError));
    const ports = describeVariant(variant.path, tools.files).signatures[0]?.outputs ?? [];
    const stage = deviceStage(host.outputs, deviceOutputs, ports, {
      reference: `${runtime.id} on this computer`,
      candidate: `${run.provenance.runtime} on ${run.device.model ?? run.device.serial}`,
    });
    return { maxAbsError: finite(most), shareOfRange: finite(worst), agrees, ...(stage ? { stage } : {}) };
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled') throw error;
    job.log(`${run.name}: its outputs could not be compared with this computer's: ${error.message}`);
    return undefined;
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Largest difference, as it is and as a share of the host's range; infinite when there is nothing to compare. */
function difference(
  host: ArrayLike<number | bigint>,
  device: ArrayLike<number | bigint> | undefined,
): { readonly maxAbsError: number; readonly shareOfRange: number } {
  if (!device || device.length !== host.length) return { maxAbsError: Infinity, shareOfRange: Infinity };
  let [most, least, worst] = [-Infinity, Infinity, 0];
  for (let i = 0; i < host.length; i++) {
    const [a, b] = [Number(host[i]), Number(device[i])];
    most = Math.max(most, a);
    least = Math.min(least, a);
    const distance = Object.is(a, b) ? 0 : Math.abs(a - b);
    worst = Math.max(worst, Number.isNaN(distance) ? Infinity : distance);
  }
  const range = most - least;
  return {
    maxAbsError: worst,
    shareOfRange: worst === 0 ? 0 : worst / (range > 0 ? range : Math.max(1, Math.abs(most))),
  };
}
