import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import type { EngineClient } from '@shared/api/contract';
import type { Job } from '@shared/model/job';
import { testApp } from '@test/support/app';
import { freePort } from '@test/support/own-adb-server';
import { appRoot, prepareRunner } from '@test/support/runner';
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

describe.skipIf(missing)(`a benchmark that is cancelled${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let device: TestDevice;
  let client: EngineClient;
  let closeApp: (() => Promise<void>) | undefined;
  const dataDir = mkdtempSync(join(tmpdir(), 'edgebench-cancel-'));

  beforeAll(async () => {
    port = await freePort();
    process.env['ANDROID_ADB_SERVER_PORT'] = String(port);
    adb(port, 'start-server');
    device = startDevice(port);
    await until(() => {
      try {
        return Promise.resolve(shell('echo here').includes('here'));
      } catch {
        return Promise.resolve(false);
      }
    }, 60_000);
    shell('settings put global stay_on_while_plugged_in 2; settings put power screen OFF');
    const made = await testApp(dataDir);
    client = made.client;
    closeApp = () => made.app.close();
    // The runner is there for the others, so that what is sent is the model.
    await follow(await start('float32'), () => false);
  }, 180_000);
  afterAll(async () => {
    if (missing) return;
    await closeApp?.();
    stopDevice(device);
    adb(port, 'kill-server');
    delete process.env['ANDROID_ADB_SERVER_PORT'];
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const shell = (command: string): string => adb(port, '-s', device.serial, 'shell', command);
  const start = (recipe: string): Promise<Job> =>
    client.jobs.benchmark({ model: digits, recipes: [recipe], devices: [device.serial], profile: 'demo' });
  const setting = (name: string): string => {
    const file = join(device.tmp, '.settings', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'none';
  };

  /** Follows a job to its end, and cancels it at the first state that is wanted. */
  async function follow(job: Job, wanted: (state: Job) => boolean): Promise<Job> {
    let last = job;
    let cancelled = false;
    for await (const state of await client.jobs.watch({ id: job.id })) {
      last = state;
      if (cancelled || !wanted(state)) continue;
      cancelled = true;
      await client.jobs.cancel({ id: job.id });
    }
    return last;
  }

  const PHASES: [string, string, (job: Job) => boolean][] = [
    ['while its model is sent', 'float16', ({ progress }) => progress.stage.startsWith('send')],
    ['while a launch warms up', 'float32', ({ progress }) => progress.stage.startsWith('measure')],
    ['while it measures', 'float32', ({ live }) => (live?.[0]?.samples ?? 0) > 0],
    ['while the device cools down', 'float32', ({ progress }) => progress.stage.startsWith('cool')],
  ];
  it.each(PHASES)(
    'leaves no process, no part of a file and no setting %s',
    async (_, recipe, wanted) => {
      if (recipe === 'float16') fault(device, 'slow', '--rate', '20k');
      const ended = await follow(await start(recipe), wanted);
      recover(device);
      expect(ended.state).toBe('cancelled');
      // The promise: gone from the device within three seconds.
      await until(() => Promise.resolve(!shell('ps -A -o ARGS').includes('/edgebench/')), 3000);
      expect(
        readdirSync(join(device.tmp, 'edgebench')).filter((name) => !/^[0-9a-f]{64}$/.test(name)),
      ).toEqual([]);
      expect(
        ['power.fixed_performance', 'global.stay_on_while_plugged_in', 'power.screen'].map(setting),
      ).toEqual(['false', '2', 'OFF']);
      expect(readdirSync(join(dataDir, 'device-ledger'))).toEqual([]);
      expect(adb(port, 'forward', '--list').trim()).toBe('');
      const [part] = (await client.queue.list()).at(-1)!.parts;
      expect(part?.state).toBe('cancelled');
    },
    90_000,
  );
});
