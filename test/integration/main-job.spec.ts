import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import { readArrays, writeArrays } from '@main/services/data';
import { viewAs } from '@shared/model/dtype';
import type { Run, RunSummary } from '@shared/model/run';
import { goldenFolder, type TensorRef } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { runCli, startCli } from '@test/support/test-cli';
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

const fer = join(goldenFolder ?? '.', '../real/fer');
const digits = join(appRoot, 'resources/samples/digits/digits.keras');
const missing =
  prepareRunner() ??
  (tfliteLibrary('android-x86_64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  prepareDevices();

describe.skipIf(missing)(
  `the main job from the command line${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let port: number;
    let dataDir: string;
    let devices: TestDevice[];

    beforeAll(async () => {
      port = await freePort();
      dataDir = mkdtempSync(join(tmpdir(), 'edgebench-main-job-'));
      adb(port, 'start-server');
      devices = [startDevice(port), startDevice(port)];
      for (const device of devices) await answers(device);
    }, 120_000);
    afterAll(() => {
      if (missing) return;
      for (const device of devices) stopDevice(device);
      adb(port, 'kill-server');
      rmSync(dataDir, { recursive: true, force: true });
    });

    const answers = (device: TestDevice): Promise<void> =>
      until(() => {
        try {
          return Promise.resolve(adb(port, '-s', device.serial, 'shell', 'echo here').includes('here'));
        } catch {
          return Promise.resolve(false);
        }
      }, 60_000);

    const cli = (...args: string[]) => runCli(dataDir, port, args);

    async function history(): Promise<readonly Run[]> {
      const file = join(dataDir, 'export.json');
      const told = await cli('history', '--export', file);
      expect(told).toMatchObject({ status: 0 });
      const archive = JSON.parse(readFileSync(file, 'utf8')) as { runs: { run: string }[] };
      return archive.runs.map(({ run }) => JSON.parse(run) as Run);
    }

    const runnersOn = (device: TestDevice): string[] =>
      adb(port, '-s', device.serial, 'shell', 'ps -A -o ARGS')
        .split('\n')
        .filter((line) => line.includes('--min-samples'));

    it.skipIf(!existsSync(fer))(
      'gets a trained model of others measured on two devices at once, with its own answers',
      async () => {
        const doc = JSON.parse(readFileSync(join(fer, 'golden.json'), 'utf8')) as Record<
          'input' | 'output',
          TensorRef
        >;
        const bytes = readFileSync(join(fer, 'data.bin'));
        const values = (ref: TensorRef): Float32Array =>
          viewAs('float32', bytes.subarray(ref.offset, ref.offset + ref.bytes)) as Float32Array;
        const data = join(dataDir, 'samples.npz');
        const outputs = join(dataDir, 'outputs');
        await writeArrays(data, {
          faces: { dtype: 'float32', shape: doc.input.shape, data: values(doc.input) },
        });
        const model = join(fer, 'emotion_model.h5');
        const flags = [
          '--recipe',
          'float32,int8',
          '--device',
          'all',
          '--calibration',
          data,
          '--outputs',
          outputs,
        ];
        const told = await cli('bench', model, ...flags, '--json');
        expect(told).toMatchObject({ status: 0 });
        const result = JSON.parse(told.output) as { runs: RunSummary[]; files: string[] };
        expect(
          result.runs.map(({ recipe, deviceSerial, status }) => [deviceSerial, recipe, status]).sort(),
        ).toEqual(
          devices
            .flatMap(({ serial }) => ['float32', 'int8'].map((recipe) => [serial, recipe, 'completed']))
            .sort(),
        );
        const runs = await history();
        expect(runs.length).toBe(4);
        for (const run of runs) {
          const [launch] = run.launches;
          expect(launch?.samplesNs.length).toBeGreaterThanOrEqual(64);
          expect(run.provenance).toMatchObject({ delegateAsked: 'xnnpack', delegateGot: 'xnnpack' });
          expect(launch?.before?.batteryPercent).toBe(87);
          expect(run.hostCheck).toMatchObject({
            agrees: true,
            stage: {
              stage: 'host-to-device',
              samples: 1,
              candidate: expect.stringMatching(/^edgebench-runner \(xnnpack\) on Google/) as string,
            },
          });
        }
        const golden = values(doc.output).subarray(0, 7);
        const float32 = result.files.filter((file) => file.includes('float32'));
        expect(float32.length).toBe(2);
        for (const file of float32) {
          const [got] = Object.values(await readArrays(file));
          expect(got?.data.length).toBe(7);
          for (const [i, value] of golden.entries())
            expect(Math.abs(value - Number(got?.data[i]))).toBeLessThanOrEqual(1e-5);
        }
      },
      180_000,
    );

    it('keeps what was measured when a device is unplugged, says so, and measures on the other', async () => {
      const [first, second] = devices as [TestDevice, TestDevice];
      const before = await history();
      const call = await startCli(dataDir, port, ['bench', digits, '--recipe', 'float32', '--json']);
      await until(() => Promise.resolve(devices.every((device) => runnersOn(device).length > 0)), 60_000);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      fault(first, 'offline');
      try {
        const told = await call.done;
        expect(told.errors).toMatch(new RegExp(`${first.serial}: The connection to the device broke`));
        expect(told.status).toBe(0);
        const after = await history();
        const fresh = after.filter(({ id }) => !before.some((run) => run.id === id));
        expect(after.length - fresh.length).toBe(before.length);
        const lost = fresh.find(({ device }) => device.serial === first.serial);
        expect(lost).toMatchObject({ status: 'interrupted' });
        expect(lost?.launches[0]?.samplesNs.length).toBeGreaterThan(0);
        expect(fresh.find(({ device }) => device.serial === second.serial)).toMatchObject({
          status: 'completed',
        });
      } finally {
        recover(first);
        await answers(first);
      }
    }, 180_000);

    it('loses nothing when the program is killed in mid-run, leaves nothing running, and goes on', async () => {
      const before = await history();
      const call = await startCli(dataDir, port, ['bench', digits, '--recipe', 'float32']);
      await until(() => Promise.resolve(devices.every((device) => runnersOn(device).length > 0)));
      call.kill('SIGKILL');
      await call.done;
      await until(() => Promise.resolve(devices.every((device) => runnersOn(device).length === 0)), 3000);
      const after = await history();
      const fresh = after.filter(({ id }) => !before.some((run) => run.id === id));
      expect(after.length - fresh.length).toBe(before.length);
      expect(fresh.map(({ status, reason }) => [status, reason])).toEqual(
        devices.map(() => ['interrupted', 'Edgebench stopped before the run had ended.']),
      );
      const serial = devices[0]?.serial ?? '';
      const next = await cli('bench', digits, '--recipe', 'float32', '--device', serial, '--json');
      expect(next).toMatchObject({ status: 0 });
      expect((JSON.parse(next.output) as { runs: RunSummary[] }).runs).toMatchObject([
        { status: 'completed' },
      ]);
    }, 180_000);

    it('refuses a damaged model and an absent device in one sentence each', async () => {
      const before = await history();
      const damaged = join(dataDir, 'damaged.keras');
      writeFileSync(damaged, readFileSync(digits).subarray(0, 3000));
      const told = await cli('bench', damaged, '--recipe', 'float32');
      expect(told.status).toBe(1);
      expect(told.errors.trim().split('\n').at(-1)).toContain('damaged.keras');
      expect(told.errors).not.toMatch(/\n\s+at /);
      const absent = await cli('bench', digits, '--recipe', 'float32', '--device', 'none; reboot');
      expect(absent).toMatchObject({ status: 1, output: '' });
      expect(absent.errors).toContain("There is no device 'none; reboot'");
      expect((await history()).length).toBe(before.length);
    }, 60_000);
  },
);
