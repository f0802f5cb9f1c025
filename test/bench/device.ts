import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { freePort } from '@test/support/own-adb-server';
import { adb as adbProgram, prepareDevices, startDevice, stopDevice, until } from '@test/support/test-device';
import { pushFigures } from './device-push';
import { timingFigures } from './device-timing';
import { trackingFigures } from './device-tracking';

const [root = '.', loopProgram = '', model = '', ...wanted] = process.argv.slice(2);
const isWanted = (part: string): boolean => wanted.length === 0 || wanted.includes(part);

async function onDevices(): Promise<void> {
  const missing = prepareDevices();
  if (missing !== undefined) return console.log(`No figures of devices: ${missing}.`);
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-bench-device-'));
  const port = await freePort();
  const adb = new AdbkitAdb(port);
  await adb.list();
  const device = startDevice(port, '--tmp-size', '1g');
  try {
    await until(async () => (await adb.list()).some(({ state }) => state === 'device'));
    if (isWanted('push')) await pushFigures(port, adb, device, folder);
    if (isWanted('tracking')) await trackingFigures(port, adb);
  } finally {
    stopDevice(device);
    adbProgram(port, 'kill-server');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '';
  console.log(`Load of the machine at the start: ${load}`);
  if (isWanted('push') || isWanted('tracking')) await onDevices();
  if (isWanted('timing')) await timingFigures(root, loopProgram, model);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
