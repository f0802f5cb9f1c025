import type { Clock } from '@main/ports/clock';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { Profile } from '@shared/model/profile';

const ASK_EVERY_MS = 2000;

/**
 * Waits between two launches: the profile's pause, then until the target's hottest zone is near where it started, at most as long as
 * the profile allows. A target that tells no temperature only gets the pause.
 */
export async function coolDown(
  target: RunnerTarget,
  clock: Clock,
  cooldown: Profile['cooldown'],
  startC: number | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const begin = clock.monotonicNs();
  await clock.sleep(cooldown.seconds * 1000, signal);
  const { untilWithinC, capSeconds } = cooldown;
  if (untilWithinC === undefined || startC === undefined) return;
  while ((clock.monotonicNs() - begin) / 1e9 < (capSeconds ?? 60)) {
    const { hottestC } = await target.conditions(signal);
    if (hottestC === undefined || hottestC <= startC + untilWithinC) return;
    await clock.sleep(ASK_EVERY_MS, signal);
  }
}
