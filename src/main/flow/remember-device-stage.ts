import type { ValidationReport, ValidationStage } from '@shared/model/validation';
import type { Store } from '../services/store';

const isOfDevice = ({ stage }: ValidationStage): boolean => stage === 'host-to-device';

/** One at a time: each reads a report, adds to it, and writes it back. */
let last: Promise<unknown> = Promise.resolve();

/** Adds what a device answered to the error budget of the variant, in place of what it answered before. */
export function rememberDeviceStage(
  variantId: string,
  stage: ValidationStage,
  { variants }: Pick<Store, 'variants'>,
): Promise<void> {
  const next = last.then(async () => {
    const variant = await variants.get(variantId);
    if (!variant?.validation) return;
    const others = variant.validation.stages.filter(
      (known) => !(isOfDevice(known) && known.candidate === stage.candidate),
    );
    const validation = { ...variant.validation, stages: [...others, stage] };
    await variants.put(variantId, { ...variant, validation }, { parent: variant.modelId });
  });
  last = next.catch(() => undefined);
  return next;
}

/** A new report on a variant keeps what devices answered: the file is the same. */
export function withDeviceStages(
  report: ValidationReport | undefined,
  earlier: ValidationReport | undefined,
): ValidationReport | undefined {
  if (!report || !earlier) return report ?? earlier;
  const known = earlier.stages.filter(isOfDevice);
  return { ...report, stages: [...report.stages.filter((stage) => !isOfDevice(stage)), ...known] };
}
