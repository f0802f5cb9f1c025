import { AppError } from '@shared/error/app-error';
import type { DeviceFingerprint } from '@shared/model/device';

/** The runner's mask has 64 bits. */
const MOST_CORES = 64;

/**
 * The hexadecimal mask of cores that `wish` means on a target: "big" (its fastest cluster), "little" (its slowest), "middle" (those
 * between), or a mask itself. Rejects with `device.unsupported` where the target has no such cores.
 */
export function affinityMask(wish: string, { clusters = [], serial }: DeviceFingerprint): string {
  if (/^(0x)?[0-9a-f]{1,16}$/i.test(wish)) return wish.toLowerCase().replace(/^0x/, '');
  const chosen =
    wish === 'big' ? clusters.slice(-1) : wish === 'little' ? clusters.slice(0, 1) : clusters.slice(1, -1);
  const cores = chosen.flatMap((cluster) => cluster.cores);
  if (clusters.length < 2 || cores.length === 0)
    throw new AppError(
      'device.unsupported',
      `${serial} has no '${wish}' cores of its own: its cores are of ${clusters.length === 2 ? 'two kinds' : 'one kind'}.`,
    );
  if (cores.some((core) => core >= MOST_CORES))
    throw new AppError('device.unsupported', `${serial} has more than ${MOST_CORES} cores: give a mask.`);
  return cores.reduce((mask, core) => mask | (1n << BigInt(core)), 0n).toString(16);
}
