import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import type { AdbConnection } from '@main/ports/adb';
import type { OpenFile } from '@main/ports/local-files';
import { freePort } from '@test/support/own-adb-server';
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

/** Bytes as a file gives them. */
function contentsOf(bytes: Uint8Array): Pick<OpenFile, 'readInto'> {
  let at = 0;
  return {
    readInto: (buffers) => {
      const from = at;
      for (const buffer of buffers) {
        const piece = bytes.subarray(at, at + buffer.length);
        buffer.set(piece);
        at += piece.length;
      }
      return Promise.resolve(at - from);
    },
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(missing)(`adbkit adapter${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let device: TestDevice;
  let adb: AdbkitAdb;
  let connection: AdbConnection;
  // The server lists a TCP device as ready for a while after it is gone: only an answer proves that it is there.
  const ready = (): Promise<void> =>
    until(
      () =>
        connection.shell({ command: ['true'], timeoutMs: 2000 }).then(
          ({ exitStatus }) => exitStatus === 0,
          () => false,
        ),
      40_000,
    );

  beforeAll(async () => {
    port = await freePort();
    adb = new AdbkitAdb(port);
    await adb.list(); // starts the server
    device = startDevice(port);
    connection = adb.connection(device.serial);
    await ready();
  }, 120_000);
  afterEach(async () => {
    if (missing) return;
    recover(device);
    await ready();
  }, 60_000);
  afterAll(() => {
    if (missing) return;
    stopDevice(device);
    adbProgram(port, 'kill-server');
  });

  it('starts a server where none runs, and lists the device', async () => {
    expect(await adb.list()).toEqual([{ serial: device.serial, state: 'device' }]);
  });

  it('runs commands with their words as they are, and tells exit status, output and errors apart', async () => {
    const words = ['echo', 'a b', `it's`, '$(touch /data/local/tmp/canary)', '`id`', '"; reboot', '-n', '*'];
    const said = await connection.shell({ command: words, timeoutMs: 10_000 });
    expect(said).toEqual({ exitStatus: 0, output: `${words.slice(1).join(' ')}\n`, errors: '' });
    expect(readdirSync(device.tmp)).not.toContain('canary');
    const failed = await connection.shell({
      command: ['sh', '-c', 'echo no >&2; exit 7'],
      timeoutMs: 10_000,
    });
    expect(failed).toEqual({ exitStatus: 7, output: '', errors: 'no\n' });
  });

  it('pushes and pulls bytes unharmed', async () => {
    const bytes = randomBytes(9 * MIB + 12345);
    const sent: number[] = [];
    await connection.push({
      contents: contentsOf(bytes),
      path: '/data/local/tmp/a b.bin',
      stallMs: 5000,
      onSent: (count) => sent.push(count),
    });
    expect(sent.at(-1)).toBe(bytes.length);
    expect(sha256(readFileSync(join(device.tmp, 'a b.bin')))).toBe(sha256(bytes));
    expect(sha256(await connection.pull('/data/local/tmp/a b.bin', 10 * MIB))).toBe(sha256(bytes));
    await expect(connection.pull('/data/local/tmp/a b.bin', MIB)).rejects.toMatchObject({
      code: 'device.unsupported',
    });
    await expect(connection.pull('/data/local/tmp/none', MIB)).rejects.toMatchObject({
      code: 'device.not-ready',
    });
  });

  const FAULTS: [string, string[], string][] = [
    ['the cable is pulled', ['offline', '--after-bytes', '4m'], 'device.lost'],
    ['the device’s daemon dies', ['crash', '--after-bytes', '4m'], 'device.lost'],
    ['the bytes stop flowing', ['stall', '--after-bytes', '4m'], 'timeout'],
    ['the disk is full', ['full', '--leave', '1m'], 'device.no-space'],
  ];
  for (const [what, arguments_, code] of FAULTS)
    it(`says so when in mid-push ${what}`, async () => {
      fault(device, ...arguments_);
      const pushing = connection.push({
        contents: contentsOf(randomBytes(20 * MIB)),
        path: '/data/local/tmp/faulty.bin',
        stallMs: 2000,
      });
      await expect(pushing).rejects.toMatchObject({ code });
    });

  it('does not take a shell that was cut off for one that ended', async () => {
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = connection.shell({
      command: ['sh', '-c', 'echo begun; sleep 30'],
      onOutput: () => begun(),
      timeoutMs: 60_000,
    });
    await hasBegun;
    fault(device, 'offline');
    await expect(running).rejects.toMatchObject({ code: 'device.lost' });
  });

  it('ends what runs on the device when it is cancelled or silent', async () => {
    const running = async (word: string): Promise<boolean> =>
      (await connection.shell({ command: ['ps', '-A', '-o', 'ARGS'], timeoutMs: 10_000 })).output.includes(
        word,
      );
    const controller = new AbortController();
    const cancelled = connection.shell({
      command: ['sleep', '321'],
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    await until(() => running('sleep 321'));
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    await until(async () => !(await running('sleep 321')), 5000);
    await expect(
      connection.shell({ command: ['sleep', '322'], timeoutMs: 60_000, silenceMs: 500 }),
    ).rejects.toMatchObject({ code: 'timeout' });
  });

  it('tells exit status and cut-off from end on a device without shell v2, too', async () => {
    const old = startDevice(port, '--without', 'shell_v2');
    try {
      const shell = adb.connection(old.serial);
      await until(() =>
        shell.shell({ command: ['true'], timeoutMs: 2000 }).then(
          () => true,
          () => false,
        ),
      );
      const done = await shell.shell({ command: ['sh', '-c', 'echo a b; exit 7'], timeoutMs: 10_000 });
      expect(done).toMatchObject({ exitStatus: 7, errors: '' });
      expect(done.output.trim()).toBe('a b');
      const running = shell.shell({
        command: ['sh', '-c', 'echo begun; sleep 30'],
        onOutput: () => undefined,
        timeoutMs: 60_000,
      });
      running.catch(() => undefined);
      await until(async () =>
        (await shell.shell({ command: ['ps', '-A', '-o', 'ARGS'], timeoutMs: 10_000 })).output.includes(
          'sleep 30',
        ),
      );
      fault(old, 'offline');
      await expect(running).rejects.toMatchObject({ code: 'device.lost' });
    } finally {
      stopDevice(old);
    }
  });

  it('names a device that is not there', async () => {
    await expect(
      adb.connection('no such device').shell({ command: ['true'], timeoutMs: 5000 }),
    ).rejects.toMatchObject({ code: 'device.not-found' });
  });
});
