import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { findAdb } from '@main/platform/adbkit/find-adb';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { DeviceStore } from '@main/services/device/store';
import type { TestDevice } from '@test/support/test-device';
import { median, say, seconds, tell, turnAbout } from './device-figures';

const MIB = 1 << 20;
const PUSH_MIB = 100;
const ROUNDS = 11;
const AGAIN = 15;

/** The transfer against adb push's, which proves nothing on the device either; then the whole, with its proof; then a known file. */
export async function pushFigures(
  port: number,
  adb: AdbkitAdb,
  device: TestDevice,
  folder: string,
): Promise<void> {
  const connection = adb.connection(device.serial);
  const file = join(folder, 'pushed.bin');
  writeFileSync(file, randomBytes(PUSH_MIB * MIB));
  const [ours, theirs]: [number[], number[]] = [[], []];
  let peak = 0;
  await turnAbout(
    ROUNDS,
    async () => {
      const before = process.memoryUsage().rss;
      const contents = await nodeLocalFiles.open(file);
      const push = () =>
        connection.push({
          contents,
          path: '/data/local/tmp/ours.bin',
          stallMs: 20_000,
          onSent: () => (peak = Math.max(peak, process.memoryUsage.rss() - before)),
        });
      ours.push(await seconds(push));
      await contents.close();
    },
    async () => {
      const args = ['-P', String(port), '-s', device.serial, 'push', file, '/data/local/tmp/theirs.bin'];
      theirs.push(await seconds(() => promisify(execFile)(findAdb() ?? 'adb', args)));
    },
  );
  const ratio = median(ours.map((own, i) => (theirs[i] ?? Number.NaN) / own));
  const rate = (PUSH_MIB / median(ours)).toFixed(0);
  say('push rate against adb push', `${ratio.toFixed(2)} (${rate} MiB/s)`, '>= 0.95', ratio >= 0.95);
  say('memory while pushing, above before', `${(peak / MIB).toFixed(0)} MiB`, '<= 64 MiB', peak <= 64 * MIB);

  const remove = (path: string) =>
    connection.shell({ command: ['rm', '-f', path, '/data/local/tmp/theirs.bin'], timeoutMs: 30_000 });
  await remove('/data/local/tmp/ours.bin');
  const local = await nodeLocalFiles.identify(file);
  const proved: number[] = [];
  for (let i = 0; i < 3; i++) {
    const store = new DeviceStore(connection, nodeLocalFiles);
    proved.push(await seconds(async () => remove(await store.put(local, false))));
  }
  tell(
    'the same with its proof on the device (room, hash, name)',
    `${(PUSH_MIB / median(proved)).toFixed(0)} MiB/s`,
  );

  const store = new DeviceStore(connection, nodeLocalFiles);
  await store.put(local, false);
  const again: number[] = [];
  for (let i = 0; i < AGAIN; i++) again.push((await seconds(() => store.put(local, false))) * 1000);
  say('second push of a file', `${median(again).toFixed(1)} ms`, '<= 150 ms', median(again) <= 150);
}
