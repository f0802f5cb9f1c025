import type { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { startDevice, stopDevice, until } from '@test/support/test-device';
import { say } from './device-figures';

const TRACKED = 8;
const TRACK_MS = 20_000;

/** Processor time of following eight devices to which nothing happens; one of them is connected already. */
export async function trackingFigures(port: number, adb: AdbkitAdb): Promise<void> {
  const more = Array.from({ length: TRACKED - 1 }, () => startDevice(port));
  try {
    await until(async () => (await adb.list()).filter(({ state }) => state === 'device').length === TRACKED);
    const stop = new AbortController();
    const watching = adb.watch(() => undefined, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, TRACK_MS));
    const { user, system } = process.cpuUsage(before);
    stop.abort();
    await watching;
    const share = ((user + system) / 1000 / TRACK_MS) * 100;
    say(`${TRACKED} devices tracked while idle`, `${share.toFixed(2)} % of a core`, '< 1 %', share < 1);
  } finally {
    for (const device of more) stopDevice(device);
  }
}
