import { seededRandom } from '../random';
import { fault, recover, type TestDevice } from '../test-device';

/** What befalls a device, or the engine itself. */
export const MISFORTUNES = [
  'unplugged',
  'stalled',
  'slow',
  'adbd crashed',
  'restarted',
  'full',
  'runner killed',
  'engine killed',
] as const;
export type Misfortune = (typeof MISFORTUNES)[number];

export interface Blow {
  readonly misfortune: Misfortune;
  /** Which device it strikes, as a number below the count of devices. */
  readonly device: number;
  /** Seconds until it strikes, and how long it lasts where it lasts. */
  readonly afterS: number;
  readonly forS: number;
}

/** A row of blows that is the same for the same seed: every kind once before any kind comes again. */
export function blowsOf(seed: number, count: number, devices: number): Blow[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const blows: Blow[] = [];
  let left: Misfortune[] = [];
  while (blows.length < count) {
    if (left.length === 0) left = [...MISFORTUNES];
    const [misfortune] = left.splice(below(left.length), 1);
    blows.push({
      misfortune: misfortune!,
      device: below(devices),
      afterS: 0.5 + random() * 4,
      forS: 1 + random() * 4,
    });
  }
  return blows;
}

/** Strikes; what lasts ends by itself, or when the device is recovered. `killEngine` ends the engine at once. */
export function strike({ misfortune, forS }: Blow, device: TestDevice, killEngine: () => void): void {
  const lasting = ['--for', forS.toFixed(1)];
  const blows: Record<Misfortune, () => void> = {
    unplugged: () => fault(device, 'offline', ...lasting),
    stalled: () => fault(device, 'stall', ...lasting),
    slow: () => fault(device, 'slow', '--rate', '200k', '--latency-ms', '50'),
    'adbd crashed': () => fault(device, 'crash'),
    restarted: () => fault(device, 'reboot', '--boot-time', forS.toFixed(1)),
    // Room for the device's own settings, but for nothing of ours.
    full: () => {
      try {
        fault(device, 'full', '--leave', '64k');
      } catch {
        // A push took the last room while it was being filled: full it is.
      }
    },
    'runner killed': () => fault(device, 'kill', '--match', 'edgebench'),
    'engine killed': killEngine,
  };
  blows[misfortune]();
  if (misfortune === 'slow' || misfortune === 'full') setTimeout(() => recover(device), forS * 1000);
}
