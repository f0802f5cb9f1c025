import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { DEVICE_FOLDER, DeviceStore } from '@main/services/device/store';
import { appRoot } from '@test/support/runner';
import { runCli } from '@test/support/test-cli';
import { temporaryFolder } from '@test/support/temporary-folder';
import { freePort } from '@test/support/own-adb-server';
import {
  adb as adbProgram,
  prepareDevices,
  setDevice,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const missing = prepareDevices();

describe.skipIf(missing)(`what goes wrong on devices${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let adb: AdbkitAdb;
  let device: TestDevice;

  beforeAll(async () => {
    port = await freePort();
    adb = new AdbkitAdb(port);
    await adb.list(); // starts the server
    device = startDevice(port);
    await answers(device);
  }, 120_000);
  afterAll(() => {
    if (missing) return;
    stopDevice(device);
    adbProgram(port, 'kill-server');
  });

  const answers = ({ serial }: TestDevice): Promise<void> =>
    until(
      () =>
        adb
          .connection(serial)
          .shell({ command: ['true'], timeoutMs: 2000 })
          .then(
            ({ exitStatus }) => exitStatus === 0,
            () => false,
          ),
      40_000,
    );

  const ours = (): string[] => {
    const folder = join(device.tmp, 'edgebench');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  const file = async (bytes: Buffer, name = 'model.tflite') => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, bytes);
    return nodeLocalFiles.identify(path);
  };

  it('a file whose name is a command is pushed under its hash, and nothing is run', async () => {
    const names = [
      'a b',
      "a'b",
      'a";touch canary;"',
      '$(touch canary)',
      '`touch canary`',
      '-rf',
      '&',
      'a\nb',
      '%s',
      '🙈',
      '‮gpj',
    ];
    const store = new DeviceStore(adb.connection(device.serial), nodeLocalFiles);
    for (const name of names) {
      const folder = join(temporaryFolder(), name);
      mkdirSync(folder);
      const path = join(folder, name);
      writeFileSync(path, randomBytes(100));
      const local = await nodeLocalFiles.identify(path);
      expect(await store.put(local, false)).toBe(`${DEVICE_FOLDER}/${local.sha256}`);
    }
    expect(readdirSync(device.tmp)).not.toContain('canary');
    expect(ours().every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  it('files that nobody used for a month are cleared away; those of others are left', async () => {
    const local = await file(randomBytes(100));
    const store = () => new DeviceStore(adb.connection(device.serial), nodeLocalFiles);
    await store().put(local, false);
    const stale = createHash('sha256').update('stale').digest('hex');
    adbProgram(
      port,
      '-s',
      device.serial,
      'shell',
      `cd ${DEVICE_FOLDER} && touch -d 2020-01-01T00:00:00 ${stale} notes.txt ${local.sha256}`,
    );
    const other = await file(randomBytes(50), 'other.tflite');
    await store().put(other, false);
    expect(ours()).toContain('notes.txt');
    expect(ours()).not.toContain(stale);
    expect(ours()).not.toContain(local.sha256);
    adbProgram(port, '-s', device.serial, 'shell', `rm ${DEVICE_FOLDER}/notes.txt`);
  });

  it('a device that names itself in escapes and HTML is shown as text', async () => {
    const name = '\u001b[31m<img src=x onerror=alert(1)>$(touch canary)';
    setDevice(device, `prop.ro.product.model=${name}`);
    const dataDir = temporaryFolder();
    const told = await runCli(dataDir, port, ['devices']);
    expect(told.status).toBe(0);
    expect(told.output).toContain('<img src=x onerror=alert(1)>$(touch canary)');
    expect(told.output).not.toContain('\u001b');
    const { devices } = JSON.parse((await runCli(dataDir, port, ['devices', '--json'])).output) as {
      devices: { serial: string; fingerprint?: { model?: string } }[];
    };
    expect(devices.find(({ serial }) => serial === device.serial)?.fingerprint?.model).toBe(name);
    setDevice(device, 'prop.ro.product.model=sdk_gphone64_x86_64');
  });

  it('a device of another processor is refused by name', async () => {
    const other = startDevice(
      port,
      '--prop',
      'ro.product.cpu.abilist=x86',
      '--prop',
      'ro.product.cpu.abi=x86',
    );
    try {
      await answers(other);
      const told = await runCli(temporaryFolder(), port, [
        'bench',
        join(appRoot, 'resources/samples/digits/digits.keras'),
        '--recipe',
        'float32',
        '--device',
        other.serial,
      ]);
      expect(told.status).toBe(1);
      expect(told.errors).toContain(`The runner is not made for x86 of ${other.serial}`);
    } finally {
      stopDevice(other);
    }
  }, 60_000);

  it('connects and disconnects over the network from the command line', async () => {
    const dataDir = temporaryFolder();
    const gone = await runCli(dataDir, port, ['devices', 'disconnect', device.serial]);
    expect(gone).toMatchObject({ status: 0 });
    expect((await adb.list()).map(({ serial }) => serial)).not.toContain(device.serial);
    const back = await runCli(dataDir, port, ['devices', 'connect', device.serial, '--json']);
    expect(back).toMatchObject({ status: 0 });
    expect(JSON.parse(back.output)).toEqual({ done: `Connected to ${device.serial}.` });
    await answers(device);
    const none = await runCli(dataDir, port, ['devices', 'connect', '127.0.0.1:1']);
    expect(none.status).toBe(1);
    expect(none.errors).toContain('127.0.0.1:1 cannot be reached');
    const odd = await runCli(dataDir, port, ['devices', 'connect', 'x; reboot']);
    expect(odd.status).not.toBe(0);
  }, 60_000);

  // Last, as the server forgets its devices each time.
  it('starts the server again when somebody ended it, until that is a fight', async () => {
    // The first start, before all these tests, may lie more than a minute back: then there is one more.
    const answers: unknown[] = [];
    while (answers.length < 5 && !(answers.at(-1) instanceof Error)) {
      adbProgram(port, 'kill-server');
      answers.push(await adb.list().catch((error: unknown) => error));
    }
    expect(answers.length).toBeGreaterThanOrEqual(3);
    expect(answers.slice(0, -1)).toEqual(answers.slice(0, -1).map(() => []));
    expect(answers.at(-1)).toMatchObject({
      code: 'device.adb-missing',
      message: expect.stringContaining('two versions of adb') as string,
    });
    adbProgram(port, 'start-server');
    expect(await adb.list()).toEqual([]);
  }, 120_000);
});
