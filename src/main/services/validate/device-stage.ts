import type { ValidationStage } from '@shared/model/validation';
import { looksLikeScores, OutputErrorSum } from './output-error';
import { realValues } from './real-values';
import type { Outputs } from './sample-values';
import type { PortInterface } from './variant-interface';

/** Who computed the two sides, to be shown: "tflite-2.21 on this computer" and "Pixel 8". */
interface Sides {
  readonly reference: string;
  readonly candidate: string;
}

/**
 * The last stage of the error budget: one sample of the same file on this computer and on a device. Undefined when the device gave no
 * output of the same name and length.
 */
export function deviceStage(
  host: Outputs,
  device: Outputs,
  ports: readonly PortInterface[],
  { reference, candidate }: Sides,
): ValidationStage | undefined {
  const outputs = ports.flatMap(({ name, quantization }) => {
    const [here, there] = [host[name], device[name]];
    if (!here || !there || here.data.length !== there.data.length) return [];
    const sum = new OutputErrorSum(name);
    sum.add(realValues(here, quantization), realValues(there, quantization), looksLikeScores(here));
    return [sum.result()];
  });
  if (outputs.length < ports.length) return undefined;
  return { stage: 'host-to-device', reference, candidate, samples: 1, outputs };
}
