import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { SEGMENT_BYTES } from '@main/services/device/send-file';
import { DEVICE_FOLDER, DeviceStore } from '@main/services/device/store';
import { freePort } from '@test/support/own-adb-server';
import { temporaryFolder } from '@test/support/temporary-folder';
import {
  adb as adbProgram,
  fault,
  prepareDevices,
  recover,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const missing = prepareDevices();
const MIB = 1 << 20;
/** Longer than an ADB server takes to find a device again, on the slowest machine. */
const PATIENT_MS = 60_000;

describe.skipIf(missing)(`pushes of files${missing ? ` (skipped: ${missing})` : ''}`, () => {
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
  afterEach(async () => {
    if (missing) return;
    recover(device);
    await answers(device);
  }, 90_000);
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
      PATIENT_MS,
    );
  const store = (waitMs?: number, { serial } = device): DeviceStore =>
    new DeviceStore(adb.connection(serial), nodeLocalFiles, waitMs);
  const ours = (): string[] => {
    const folder = join(device.tmp, 'edgebench');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const partial = (): string[] => ours().filter((name) => !/^[0-9a-f]{64}$/.test(name));
  const stored = (name: string): Buffer => readFileSync(join(device.tmp, 'edgebench', name));
  const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const file = async (bytes: Buffer) => {
    const path = join(temporaryFolder(), 'model.tflite');
    writeFileSync(path, bytes);
    return nodeLocalFiles.identify(path);
  };

  it.each([0, 1, 50, 99, 100])(
    'cut off at %d percent go through by themselves once the device is back, and harm nothing that was there',
    async (percent) => {
      const old = await file(randomBytes(MIB));
      await store().put(old, false);
      const local = await file(randomBytes(12 * MIB));
      const strike = Math.max(1, Math.floor((local.bytes * percent) / 100));
      const target = store(PATIENT_MS);
      if (percent === 0) await target.put(old, false);
      if (percent === 0) fault(device, 'crash');
      else fault(device, 'crash', '--after-bytes', String(strike));
      expect(await target.put(local, false)).toBe(`${DEVICE_FOLDER}/${local.sha256}`);
      expect(hashOf(stored(local.sha256))).toBe(local.sha256);
      expect(hashOf(stored(old.sha256))).toBe(old.sha256);
      expect(partial()).toEqual([]);
    },
    120_000,
  );

  it('to a device that stays away leave nothing under the final name, and go through later', async () => {
    const local = await file(randomBytes(8 * MIB));
    fault(device, 'crash', '--after-bytes', '3m');
    await expect(store(0).put(local, false)).rejects.toMatchObject({ code: 'device.lost' });
    expect(ours()).not.toContain(local.sha256);
    recover(device);
    await answers(device);
    await store().put(local, false);
    expect(hashOf(stored(local.sha256))).toBe(local.sha256);
    expect(partial()).toEqual([]);
  }, 120_000);

  it('of large files are taken up again where they broke off, also by another program', async () => {
    const local = await file(randomBytes(2 * SEGMENT_BYTES + 3 * MIB));
    const sent: number[] = [];
    fault(device, 'crash', '--after-bytes', String(SEGMENT_BYTES + 20 * MIB));
    await expect(store(0).put(local, false)).rejects.toMatchObject({ code: 'device.lost' });
    expect(partial()).toContain(`${local.sha256}.part`);
    recover(device);
    await answers(device);
    await store().put(local, false, undefined, (bytes) => sent.push(bytes));
    expect(Math.min(...sent)).toBeGreaterThan(SEGMENT_BYTES);
    expect(sent.at(-1)).toBe(local.bytes);
    expect(hashOf(stored(local.sha256))).toBe(local.sha256);
    expect(partial()).toEqual([]);
  }, 180_000);

  it('whose first part was altered on the device meanwhile begin anew', async () => {
    const local = await file(randomBytes(SEGMENT_BYTES + MIB));
    await store().put(await file(Buffer.from('makes the folder')), false);
    const part = `${DEVICE_FOLDER}/${local.sha256}.part`;
    adbProgram(port, '-s', device.serial, 'shell', `head -c ${SEGMENT_BYTES} /dev/zero > ${part}`);
    await store().put(local, false);
    expect(hashOf(stored(local.sha256))).toBe(local.sha256);
    expect(partial()).toEqual([]);
  }, 120_000);

  it('of a file that was altered on the device by one byte send it again', async () => {
    const local = await file(randomBytes(MIB));
    const target = store();
    await target.put(local, false);
    const there = openSync(join(device.tmp, 'edgebench', local.sha256), 'r+');
    writeSync(there, Buffer.of(stored(local.sha256)[1000]! ^ 1), 0, 1, 1000);
    closeSync(there);
    expect(hashOf(stored(local.sha256))).not.toBe(local.sha256);
    const sent: number[] = [];
    await target.put(local, false, undefined, (bytes) => sent.push(bytes));
    expect(sent.at(-1)).toBe(local.bytes);
    expect(hashOf(stored(local.sha256))).toBe(local.sha256);
  });

  it('of a known file send nothing', async () => {
    const local = await file(randomBytes(MIB));
    await store().put(local, false);
    const sent: number[] = [];
    await store().put(local, false, undefined, (bytes) => sent.push(bytes));
    expect(sent).toEqual([]);
  });

  it('that do not fit are refused beforehand, with a tenth to spare, and with both figures', async () => {
    const local = await file(randomBytes(10 * MIB));
    await store().put(await file(Buffer.from('makes the folder')), false);
    fault(device, 'full', '--leave', String(local.bytes + 100 * 1024));
    const sent: number[] = [];
    await expect(store().put(local, false, undefined, (bytes) => sent.push(bytes))).rejects.toMatchObject({
      code: 'device.no-space',
      message: expect.stringMatching(/^The device has \d+ KiB free in .*, 11264 KiB are needed/) as string,
    });
    expect(sent).toEqual([]);
    expect(partial()).toEqual([]);
  });

  it('during which the disk fills up say so and leave no part', async () => {
    const local = await file(randomBytes(30 * MIB));
    fault(device, 'full', '--leave', '4m', '--after-bytes', '5m');
    await expect(store().put(local, false)).rejects.toMatchObject({ code: 'device.no-space' });
    expect(partial()).toEqual([]);
    expect(ours()).not.toContain(local.sha256);
  }, 60_000);

  it('into a folder that cannot be written say so', async () => {
    const local = await file(randomBytes(MIB));
    fault(device, 'readonly');
    await expect(store().put(local, false)).rejects.toMatchObject({
      code: 'device.unsupported',
      message: expect.stringContaining('does not let us use') as string,
    });
  });

  it('to a slow device delay no other', async () => {
    const quick = startDevice(port);
    try {
      await answers(quick);
      const [one, other] = [await file(randomBytes(4 * MIB)), await file(randomBytes(4 * MIB))];
      fault(device, 'slow', '--rate', '400k');
      const over: string[] = [];
      const slowPush = store()
        .put(one, false)
        .then(() => over.push('slow'));
      await store(undefined, quick)
        .put(other, false)
        .then(() => over.push('quick'));
      recover(device);
      await slowPush;
      expect(over).toEqual(['quick', 'slow']);
    } finally {
      stopDevice(quick);
    }
  }, 120_000);
});
