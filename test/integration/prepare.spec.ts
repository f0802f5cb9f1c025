import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import type { RunSummary } from '@shared/model/run';
import { appRoot, prepareRunner } from '@test/support/runner';
import { runCli, startCli, type CliCall } from '@test/support/test-cli';
import { freePort } from '@test/support/own-adb-server';
import {
  adb,
  fault,
  prepareDevices,
  recover,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const digits = join(appRoot, 'resources/samples/digits/digits.keras');
const missing =
  prepareRunner() ??
  (tfliteLibrary('android-x86_64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  prepareDevices();

describe.skipIf(missing)(`a device is left as found${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let dataDir: string;
  let device: TestDevice;

  beforeAll(async () => {
    port = await freePort();
    dataDir = mkdtempSync(join(tmpdir(), 'edgebench-prepare-'));
    adb(port, 'start-server');
    device = startDevice(port);
    await listed();
  }, 120_000);
  beforeEach(() => {
    if (missing) return;
    adb(
      port,
      '-s',
      device.serial,
      'shell',
      'settings put global stay_on_while_plugged_in 2; settings put power screen OFF',
    );
  });
  afterAll(() => {
    if (missing) return;
    stopDevice(device);
    adb(port, 'kill-server');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const listed = (): Promise<void> =>
    until(() => {
      try {
        return Promise.resolve(adb(port, '-s', device.serial, 'shell', 'echo here').includes('here'));
      } catch {
        return Promise.resolve(false);
      }
    }, 60_000);

  const setting = (name: string): string | undefined => {
    const file = join(device.tmp, '.settings', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  };
  const state = () => ({
    fixed: setting('power.fixed_performance'),
    stayOn: setting('global.stay_on_while_plugged_in'),
    screen: setting('power.screen'),
  });
  const AS_FOUND = { fixed: 'false', stayOn: '2', screen: 'OFF' };
  const PREPARED = { fixed: 'true', stayOn: '7', screen: 'ON' };
  const isMeasuring = (): boolean =>
    adb(port, '-s', device.serial, 'shell', 'ps -A -o ARGS').includes('--min-samples');
  const ledger = (): string[] => {
    const folder = join(dataDir, 'device-ledger');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  };
  const bench = (...flags: string[]): Promise<CliCall> =>
    startCli(dataDir, port, ['bench', digits, '--recipe', 'float32', '--json', ...flags]);

  async function whileMeasuring(...flags: string[]): Promise<CliCall> {
    const call = await bench(...flags);
    await until(() => Promise.resolve(isMeasuring()), 60_000);
    return call;
  }

  it('held steady while it is measured, put back afterwards, and said so in the run', async () => {
    const call = await whileMeasuring();
    expect(state()).toEqual(PREPARED);
    expect(ledger().length).toBe(1);
    const told = await call.done;
    expect(told).toMatchObject({ status: 0 });
    expect(state()).toEqual(AS_FOUND);
    expect(ledger()).toEqual([]);
    const file = join(dataDir, 'export.json');
    await runCli(dataDir, port, ['history', '--export', file]);
    expect(readFileSync(file, 'utf8')).toContain(String.raw`\"fixedPerformance\":true`);
  }, 90_000);

  it('not touched when that is not wanted', async () => {
    const before = state();
    const call = await whileMeasuring('--no-prepare');
    expect(state()).toEqual(before);
    expect((await call.done).status).toBe(0);
    expect(ledger()).toEqual([]);
  }, 90_000);

  it('put back when the measurement is cancelled', async () => {
    const call = await whileMeasuring();
    call.kill('SIGINT');
    const told = await call.done;
    expect(told.status).toBe(1);
    expect(isMeasuring()).toBe(false);
    expect(state()).toEqual(AS_FOUND);
    expect(ledger()).toEqual([]);
  }, 90_000);

  it('put back at the next start after the program was killed', async () => {
    const call = await whileMeasuring();
    call.kill('SIGKILL');
    await call.done;
    expect(state()).toEqual(PREPARED);
    expect(ledger().length).toBe(1);
    // A file that somebody damaged is no reason to fail.
    writeFileSync(join(dataDir, 'device-ledger', 'damaged.json'), '{"id": "../x", "serial": 3');
    expect(await runCli(dataDir, port, ['devices'])).toMatchObject({ status: 0 });
    expect(state()).toEqual(AS_FOUND);
    expect(ledger()).toEqual(['damaged.json']);
    rmSync(join(dataDir, 'device-ledger', 'damaged.json'));
  }, 90_000);

  it('put back when it is seen again after it was unplugged', async () => {
    const call = await whileMeasuring();
    fault(device, 'offline');
    const told = await call.done;
    expect(told.errors).toContain('connection to the device broke');
    expect(ledger().length).toBe(1);
    recover(device);
    await listed();
    expect(await runCli(dataDir, port, ['devices'])).toMatchObject({ status: 0 });
    expect(state()).toEqual(AS_FOUND);
    expect(ledger()).toEqual([]);
  }, 120_000);

  it('asked for cores that it does not have: refused, and said why', async () => {
    const told = await (await bench('--cores', 'big')).done;
    const { runs } = JSON.parse(told.output) as { runs: RunSummary[] };
    expect(runs).toMatchObject([
      {
        status: 'refused',
        reason: `${device.serial} has no 'big' cores of its own: its cores are of one kind.`,
      },
    ]);
    const masked = await (await bench('--cores', '0x1')).done;
    expect((JSON.parse(masked.output) as { runs: RunSummary[] }).runs).toMatchObject([
      { status: 'completed' },
    ]);
  }, 90_000);
});
