import type { Tensor } from '@shared/model/tensor';
import type { OutputError, ValidationStage } from '@shared/model/validation';
import { looksLikeScores, OutputErrorSum } from './output-error';
import { realValues } from './real-values';
import { outputAt, type Outputs } from './sample-values';
import type { PortInterface } from './variant-interface';

/** What one side answered to one sample: raw values, as the file's outputs give them. */
export interface Answer {
  /** What computed it, e.g. "tflite-2.21 on this computer". */
  readonly title: string;
  readonly outputs: Outputs;
}

/**
 * The fourth stage of the error budget: one sample through the same file on this computer and on a device, in real numbers. An output
 * that the device did not give, or gave at another length, is as wrong as can be.
 */
export function deviceStage(host: Answer, device: Answer, ports: readonly PortInterface[]): ValidationStage {
  const outputs = Object.entries(host.outputs).map(([name, expected], position): OutputError => {
    const port = ports.find((one) => one.name === name) ?? ports[position];
    const real = (tensor: Tensor): Float64Array => realValues(tensor, port?.quantization);
    const reference = real(expected);
    const got = outputAt(device.outputs, name, position);
    const sum = new OutputErrorSum(name);
    const matches = got?.data.length === expected.data.length;
    const candidate = got && matches ? real(got) : new Float64Array(reference.length).fill(Number.NaN);
    sum.add(reference, candidate, looksLikeScores(expected));
    return sum.result();
  });
  return { stage: 'host-to-device', reference: host.title, candidate: device.title, samples: 1, outputs };
}

/** The largest error over all outputs, as a share of each one's range; infinite where there is nothing to compare. */
export function worstShare({ outputs }: ValidationStage): number {
  const shares = outputs.map(({ maxAbs, range }) =>
    maxAbs === null ? Infinity : maxAbs === 0 ? 0 : maxAbs / (range !== null && range > 0 ? range : 1),
  );
  return Math.max(0, ...shares);
}
