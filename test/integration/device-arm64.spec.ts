import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeClock } from '@main/platform/node/clock';
import { FolderLedger } from '@main/platform/node/device-ledger';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import { LocalTarget } from '@main/platform/tflite-runner/local-target';
import { measure, parseProfile } from '@main/services/bench';
import { DeviceService } from '@main/services/device';
import { BenchRecord } from '@test/support/bench-record';
import { Golden, goldenFolder } from '@test/support/golden';
import { appRoot, ourRunner, prepareRunner } from '@test/support/runner';
import { freePort } from '@test/support/own-adb-server';
import {
  adb as adbProgram,
  prepareDevices,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const COMPILER = 'aarch64-linux-gnu-gcc';
const missing =
  prepareRunner() ??
  (goldenFolder ? undefined : 'no golden models beside this checkout') ??
  (tfliteLibrary('android-arm64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  (process.arch === 'arm64' || !spawnSync(COMPILER, ['--version']).error
    ? undefined
    : `${COMPILER} is not here`) ??
  prepareDevices('all');

// Under an emulator: what runs is what phones run, what it measures means nothing.
describe.skipIf(missing)(`an arm64 device${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let device: TestDevice;
  let service: DeviceService;

  beforeAll(async () => {
    port = await freePort();
    const adb = new AdbkitAdb(port);
    await adb.list(); // starts the server
    service = new DeviceService({
      adb,
      files: nodeLocalFiles,
      ledger: new FolderLedger(join(appRoot, 'out', `test-ledger-${process.pid}`)),
      thisComputer: new LocalTarget(nodeLocalFiles),
    });
    device = startDevice(port, '--abi', 'arm64');
    await until(
      async () =>
        (await service.list()).devices.some(({ serial, ready }) => serial === device.serial && ready),
      60_000,
    );
  }, 180_000);
  afterAll(() => {
    if (missing) return;
    stopDevice(device);
    adbProgram(port, 'kill-server');
  });

  it('is what it says it is', async () => {
    const entry = (await service.list()).devices.find(({ serial }) => serial === device.serial);
    expect(entry).toMatchObject({
      title: 'Google Pixel 7 (simulated)',
      fingerprint: { abis: ['arm64-v8a'], soc: 'Google Tensor G2' },
    });
    expect(entry?.fingerprint?.clusters?.map(({ cores }) => cores.length)).toEqual([4, 2, 2]);
  });

  it('runs the shipped arm64 runner, on the cores that are asked for', async () => {
    const file = await nodeLocalFiles.identify(new Golden('digits_cnn').path('ref/int8.tflite'));
    const record = new BenchRecord();
    const profile = parseProfile(
      JSON.parse(readFileSync(join(appRoot, 'resources/profiles/quick.json'), 'utf8')),
      {
        warmup: { runs: 1, seconds: 0 },
        samplesPerLaunch: 20,
        secondsPerLaunch: 0,
      },
    );
    const problems = await measure(
      nodeClock,
      {
        planId: randomUUID(),
        variants: [
          {
            name: 'digits int8',
            model: { hash: 'a'.repeat(64), name: 'digits', format: 'saved-model', bytes: 1 },
            variant: { hash: file.sha256, recipe: 'int8', bytes: file.bytes },
            file,
          },
        ],
        targets: [await service.target(device.serial)],
        threads: [1],
        runner: ourRunner(),
        delegates: [{ kind: 'xnnpack' }],
        affinity: '1',
        profile,
        prepare: true,
        appVersion: '0.0.0',
        newId: randomUUID,
      },
      record,
      record.onEvent,
    );
    expect(problems).toEqual([]);
    expect(record.runs()).toMatchObject([
      { status: 'completed', affinity: '1', provenance: { runtime: 'TFLite 2.21.0', startWay: 'A' } },
    ]);
    expect(record.runs()[0]!.launches[0]!.samplesNs.length).toBe(20);
  }, 240_000);
});
