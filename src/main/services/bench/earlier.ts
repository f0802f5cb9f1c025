import type { InstalledRunner } from '@main/ports/device-runner';
import type { DeviceFingerprint } from '@shared/model/device';
import type { Launch, Run } from '@shared/model/run';
import type { Series } from './series';

/** Whether a launch was made, whatever it is worth; an interrupted one is to be made again. */
export const isMade = ({ status }: Launch): boolean => status !== 'interrupted';

/**
 * The run that an earlier attempt of the same plan made of a series: an ended one is not measured again, an interrupted one is gone on
 * with, but only by the same runner on the same build of the device. Undefined where it is to be begun anew.
 */
export function earlierRun(
  earlier: readonly Run[],
  { variant, threads, delegate, affinity }: Series,
  runner: InstalledRunner['provenance'],
  device: DeviceFingerprint,
): Run | undefined {
  return earlier.findLast(
    (run) =>
      run.name === variant.name &&
      run.variant.hash === variant.variant.hash &&
      run.threads === threads &&
      run.affinity === affinity &&
      run.provenance.runner === runner.runner &&
      run.provenance.delegateAsked === delegate.kind &&
      (run.status !== 'interrupted' ||
        (run.device.build === device.build && run.provenance.runnerHash === runner.runnerHash)),
  );
}
