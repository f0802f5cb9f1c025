import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import type { EngineClient } from '@shared/api/contract';
import type { PlanEntry, PlanPart } from '@shared/model/queue';
import { testApp } from '@test/support/app';
import { blowsOf, strike } from '@test/support/nemesis/nemesis';
import { lostOf, Witness, type Seen } from '@test/support/nemesis/witness';
import { freePort } from '@test/support/own-adb-server';
import { appRoot, prepareRunner } from '@test/support/runner';
import { startCli, type CliCall } from '@test/support/test-cli';
import {
  adb,
  prepareDevices,
  recover,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

// npm run nemesis sets these: a long night, other seeds, and devices of both processors.
const BLOWS = Number(process.env['EDGEBENCH_NEMESIS_BLOWS'] ?? 8);
const SEED = Number(process.env['EDGEBENCH_SEED'] ?? 1);
const WITH_ARM64 = process.env['EDGEBENCH_NEMESIS_ARM64'] === '1';
const PLANS = Math.max(1, Math.ceil(BLOWS / 10));

const digits = join(appRoot, 'resources/samples/digits/digits.keras');
const missing =
  prepareRunner() ??
  (tfliteLibrary('android-x86_64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  prepareDevices(WITH_ARM64 ? 'all' : 'x86_64');

const isOpen = ({ state }: PlanPart): boolean => state === 'queued' || state === 'running';

describe('the witness of a night', () => {
  it('notices runs that are gone, launches that changed, and ends that were taken back', () => {
    const run = (status: Seen['status'], ...samples: number[]): Seen => ({ status, samples });
    const seen = new Map([
      ['kept', run('interrupted', 64)],
      ['gone', run('completed', 64, 64)],
      ['cut', run('interrupted', 64, 70)],
      ['reopened', run('completed', 64)],
    ]);
    const now = new Map([
      ['kept', run('completed', 64, 80)],
      ['cut', run('interrupted', 64)],
      ['reopened', run('interrupted', 64)],
    ]);
    expect(lostOf(seen, now)).toEqual([
      'run gone is gone',
      expect.stringContaining('run cut had launches'),
      'run reopened was completed, now interrupted',
    ]);
    expect(lostOf(new Map([['kept', run('interrupted', 64)]]), now)).toEqual([]);
  });
});

describe.skipIf(missing)(
  `an overnight plan in miniature, seed ${SEED}${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let port: number;
    let dataDir: string;
    let devices: TestDevice[];
    let client: EngineClient;
    let closeApp: () => Promise<void>;
    let worker: CliCall | undefined;
    let isOver = false;
    let witness: Witness | undefined;

    beforeAll(async () => {
      port = await freePort();
      process.env['ANDROID_ADB_SERVER_PORT'] = String(port);
      dataDir = mkdtempSync(join(tmpdir(), 'edgebench-nemesis-'));
      adb(port, 'start-server');
      const abis = ['x86_64', 'x86_64', ...(WITH_ARM64 ? ['arm64', 'arm64'] : [])];
      devices = abis.map((abi) => startDevice(port, '--abi', abi));
      for (const device of devices) await answers(device);
      for (const device of devices)
        shell(device, 'settings put global stay_on_while_plugged_in 2; settings put power screen OFF');
      const { app, client: made } = await testApp(dataDir);
      client = made;
      closeApp = () => app.close();
    }, 300_000);
    afterAll(async () => {
      if (missing) return;
      isOver = true;
      worker?.kill('SIGKILL');
      await witness?.stop();
      await closeApp?.();
      for (const device of devices) stopDevice(device);
      adb(port, 'kill-server');
      delete process.env['ANDROID_ADB_SERVER_PORT'];
      rmSync(dataDir, { recursive: true, force: true });
    }, 60_000);

    const shell = (device: TestDevice, command: string): string =>
      adb(port, '-s', device.serial, 'shell', command);
    const answers = (device: TestDevice): Promise<void> =>
      until(() => {
        try {
          return Promise.resolve(shell(device, 'echo here').includes('here'));
        } catch {
          return Promise.resolve(false);
        }
      }, 90_000);
    const plansNow = (): Promise<PlanEntry[]> => client.queue.list();

    /** The engine at work: started again whenever it was killed, or has nothing to do for now. */
    async function keepWorking(): Promise<void> {
      while (!isOver) {
        const parts = (await plansNow()).flatMap((plan) => plan.parts);
        if (!parts.some((part) => isOpen(part) || part.state === 'interrupted')) return;
        for (const plan of await plansNow())
          if (!plan.active && plan.parts.some(({ state }) => state === 'interrupted'))
            await client.queue.resume({ id: plan.id });
        worker = await startCli(dataDir, port, ['queue', 'run']);
        await worker.done;
      }
    }

    async function history(): Promise<Map<string, Seen>> {
      const witness = new Witness(client);
      await witness.note();
      return witness.seen;
    }

    const settingsOf = (device: TestDevice): Record<string, string> =>
      Object.fromEntries(
        ['power.fixed_performance', 'global.stay_on_while_plugged_in', 'power.screen'].map((name) => {
          const file = join(device.tmp, '.settings', name);
          return [name, existsSync(file) ? readFileSync(file, 'utf8').trim() : 'none'];
        }),
      );

    it(
      'loses no run, leaves nothing on the devices, and comes to its end',
      async () => {
        const recipes = ['float32', 'dynamic'];
        for (let i = 0; i < PLANS; i++)
          await client.queue.add({
            model: digits,
            recipes,
            devices: devices.map(({ serial }) => serial),
            threads: [1, 2],
            profile: 'demo',
            continues: true,
          });
        witness = new Witness(client);
        witness.start();
        const working = keepWorking();
        // Its failure is told where it is awaited.
        working.catch(() => undefined);
        await until(
          async () => (await plansNow()).some(({ parts }) => parts.some(({ state }) => state === 'running')),
          120_000,
        );
        const story: string[] = [];
        for (const blow of blowsOf(SEED, BLOWS, devices.length)) {
          await new Promise((resolve) => setTimeout(resolve, blow.afterS * 1000));
          const device = devices[blow.device]!;
          story.push(`${blow.misfortune} (${device.serial}, ${blow.forS.toFixed(1)} s)`);
          strike(blow, device, () => worker?.kill('SIGKILL'));
        }
        console.log(`nemesis, seed ${SEED}: ${story.join(', ')}`);
        await new Promise((resolve) => setTimeout(resolve, 5000));
        for (const device of devices) recover(device);
        await working;
        await witness.stop();

        const stored = await history();
        expect(lostOf(witness.seen, stored)).toEqual([]);
        const plans = await plansNow();
        expect(plans.flatMap(({ parts }) => parts.map(({ state }) => state))).toEqual(
          plans.flatMap(({ parts }) => parts.map(() => 'done')),
        );
        const { runs } = await client.runs.list({ limit: 1000 });
        for (const plan of plans)
          for (const { serial } of plan.parts) {
            const mine = runs.filter(
              ({ planId, deviceSerial }) => planId === plan.id && deviceSerial === serial,
            );
            expect(new Set(mine.map(({ recipe, threads }) => `${recipe} ${threads}`)).size).toBe(4);
          }
        for (const { id, status } of runs) {
          if (status !== 'completed') continue;
          const { launches } = await client.runs.get({ id });
          // A launch during which the device changed is made, and counts in no figure.
          const whole = launches.filter((launch) => launch.status === 'completed');
          const spoiled = launches.filter((launch) => launch.status === 'quarantined');
          expect(new Set([...whole, ...spoiled].map(({ index }) => index)).size).toBe(2);
          expect(whole.length).toBeGreaterThan(0);
          expect(whole.every(({ samples }) => samples >= 64)).toBe(true);
        }

        for (const device of devices) await answers(device);
        // What was left to be put back is, when the devices are looked at.
        await client.devices.list();
        for (const device of devices) {
          await until(() => Promise.resolve(!shell(device, 'ps -A -o ARGS').includes('/edgebench/')), 10_000);
          const names = readdirSync(join(device.tmp, 'edgebench'));
          expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
          expect(settingsOf(device)).toEqual({
            'power.fixed_performance': 'false',
            'global.stay_on_while_plugged_in': '2',
            'power.screen': 'OFF',
          });
        }
        expect(readdirSync(join(dataDir, 'device-ledger'))).toEqual([]);
        expect(readdirSync(join(dataDir, 'variants')).filter((name) => name.includes('.part'))).toEqual([]);
        const database = await sqliteFiles.open(join(dataDir, 'edgebench.sqlite'), { readOnly: true });
        expect(await database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
        expect(await database.all('SELECT * FROM lane')).toEqual([]);
        await database.close();
      },
      600_000 + BLOWS * 60_000,
    );
  },
);
