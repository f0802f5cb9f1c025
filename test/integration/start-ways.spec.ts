import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import type { RunnerKit } from '@main/ports/runner-kit';
import { EdgebenchRunner } from '@main/services/bench/runners/edgebench';
import { DeviceTarget } from '@main/services/device/device-target';
import { Golden, goldenFolder } from '@test/support/golden';
import { freePort } from '@test/support/own-adb-server';
import { appRoot, prepareRunner, runnerParts } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import {
  adb as adbProgram,
  prepareDevices,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

/** Builds the second way's bundle; why it cannot be had, or undefined when it can. */
function prepareBundle(): string | undefined {
  const built = spawnSync(process.execPath, ['runner/build.mjs', 'glibc', 'x86_64'], {
    cwd: appRoot,
    encoding: 'utf8',
  });
  return built.status === 0 ? undefined : built.stderr.trim();
}

const missing =
  prepareRunner() ??
  (goldenFolder ? undefined : 'no golden models beside this checkout') ??
  (tfliteLibrary('android-x86_64').found && tfliteLibrary('linux-x86_64').found
    ? undefined
    : 'TensorFlow Lite for Android is not set up') ??
  prepareBundle() ??
  prepareDevices();

describe.skipIf(missing)(`ways to start the runner${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let device: TestDevice;
  let target: DeviceTarget;
  let kits: readonly RunnerKit[];

  beforeAll(async () => {
    port = await freePort();
    const adb = new AdbkitAdb(port);
    await adb.list(); // starts the server
    device = startDevice(port);
    target = new DeviceTarget(device.serial, adb.connection(device.serial), nodeLocalFiles, {} as never);
    await until(() =>
      target.fingerprint().then(
        () => true,
        () => false,
      ),
    );
    kits = runnerParts.kits(await target.fingerprint());
  }, 120_000);
  afterAll(() => {
    if (missing) return;
    stopDevice(device);
    adbProgram(port, 'kill-server');
  });

  /** A program that asks for a loader which is not there: what a shell answers with status 127. */
  function unstartable(): RunnerKit {
    const kit = kits[0]!;
    const bytes = readFileSync(kit.program);
    bytes.write('XX', bytes.indexOf('/system/bin/linker64') + '/system/bin/linker'.length);
    const program = join(temporaryFolder(), 'edgebench-runner');
    writeFileSync(program, bytes);
    return { ...kit, program };
  }

  async function measured(of: readonly RunnerKit[]): Promise<{ startWay: unknown; operators: unknown }> {
    const installed = await new EdgebenchRunner(nodeLocalFiles, () => of).install(target);
    const file = await nodeLocalFiles.identify(new Golden('digits_cnn').path('ref/float32.tflite'));
    const { operators } = await installed.inspect({
      modelPath: await target.put(file),
      threads: 1,
      delegate: { kind: 'xnnpack' },
    });
    return { startWay: installed.provenance.startWay, operators };
  }

  it("are the device's own C library first, and one that is sent along", () => {
    expect(kits.map(({ startWay }) => startWay)).toEqual(['A', 'B']);
  });

  it('is the first where that starts', async () => {
    expect(await measured(kits)).toEqual({ startWay: 'A', operators: 13 });
  });

  it('is the second by itself where the first does not start', async () => {
    expect(await measured([unstartable(), ...kits.slice(1)])).toEqual({ startWay: 'B', operators: 13 });
  });

  it('is the second where the library does not load', async () => {
    const broken = join(temporaryFolder(), 'library.so');
    writeFileSync(broken, 'not a library');
    expect(await measured([{ ...kits[0]!, library: broken }, ...kits.slice(1)])).toMatchObject({
      startWay: 'B',
    });
  });

  it('is said to be none, with what each answered, when none works', async () => {
    await expect(measured([unstartable()])).rejects.toMatchObject({ code: 'device.unsupported' });
    const second = { ...kits[1]!, program: unstartable().program };
    await expect(measured([unstartable(), second])).rejects.toMatchObject({
      code: 'device.unsupported',
      message: expect.stringMatching(/neither by itself nor with a C library of its own/) as string,
    });
  });
});
