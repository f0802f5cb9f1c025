import { isAppError } from '@shared/error/app-error';
import { deviceTitle } from '@shared/model/device-title';
import type { Run } from '@shared/model/run';
import type { NamedTensors } from '@shared/model/tensor';
import type { RunHeader } from '../services/bench';
import { deviceStage, worstShare } from '../services/validate';
import type { JobContext } from './jobs';
import { interfaceFor, sampleFor, type RealInput } from './real-input';
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
    const ports = interfaceFor(variant.path, inputs, tools);
    const sample = ports && sampleFor(inputs, ports.inputs);
    if (!sample) return undefined;
    const { signature } = inputs;
    const host = await runtime.run(
      {
        modelPath: variant.path,
        inputs: sample,
        xnnpack: true,
        ...(signature === undefined ? {} : { signature }),
      },
      job.signal,
    );
    const stage = deviceStage(
      { title: `${runtime.id} on this computer`, outputs: host.outputs },
      { title: candidateTitle(run), outputs: deviceOutputs },
      ports.outputs,
    );
    const worst = worstShare(stage);
    const agrees = worst <= TOLERANCE;
    const what = `${run.name} on ${run.device.serial}: its outputs `;
    job.log(
      agrees
        ? `${what}equal this computer's (largest difference ${worst.toExponential(1)} of their range)`
        : `${what}DIFFER from this computer's by ${(worst * 100).toFixed(1)} % of their range`,
    );
    const errors = stage.outputs.map(({ maxAbs }) => maxAbs ?? Infinity);
    return { maxAbsError: finite(Math.max(0, ...errors)), shareOfRange: finite(worst), agrees, stage };
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled') throw error;
    job.log(`${run.name}: its outputs could not be compared with this computer's: ${error.message}`);
    return undefined;
  }
}

function candidateTitle({ provenance, device }: RunHeader): string {
  const where = device.kind === 'this-computer' ? 'this computer' : deviceTitle(device);
  return `${provenance.runner} (${provenance.delegateGot}) on ${where}`;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
