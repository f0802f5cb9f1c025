import { describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { isAppError } from '@shared/error/app-error';
import { fail, fakeAdbServer, okay, type FakeAnswer } from '@test/support/fake-adb-server';

const LIST =
  'S1                     device product:p model:m device:d transport_id:1\n' +
  'S2                     unauthorized usb:1-1 transport_id:2\n' +
  '????????????           no permissions (missing udev rules? user is in the plugdev group); see [http://x] usb:1-2 transport_id:3\n' +
  'twin                   device transport_id:4\ntwin                   offline transport_id:9\n';

/** An AppError, and soon; anything else is a bug. */
async function failure(what: Promise<unknown>): Promise<string> {
  const error = await what.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isAppError(error)).toBe(true);
  return isAppError(error) ? error.code : '';
}

const truncated = (bytes: Buffer): Buffer[] => Array.from(bytes, (_, length) => bytes.subarray(0, length));

describe('an ADB server that cannot be trusted', () => {
  it('lists devices in every state; those of one serial are told apart', async () => {
    const asked: string[] = [];
    const port = await fakeAdbServer((request) => {
      asked.push(request);
      return { bytes: request === 'host:devices-l' ? okay(LIST) : fail('device offline'), close: true };
    });
    const adb = new AdbkitAdb(port);
    expect(await adb.list()).toEqual([
      { serial: 'S1', state: 'device' },
      { serial: 'S2', state: 'unauthorized' },
      { serial: '????????????', state: 'no-permissions' },
      { serial: 'twin#4', state: 'device' },
      { serial: 'twin#9', state: 'offline' },
    ]);
    const shell = (serial: string) => adb.connection(serial).shell({ command: ['true'], timeoutMs: 1000 });
    expect(await failure(shell('twin#9'))).toBe('device.not-ready');
    expect(await failure(shell('S1'))).toBe('device.not-ready');
    expect(asked).toContain('host-transport-id:9:features');
    expect(asked).toContain('host-serial:S1:features');
  });

  it('that breaks off at any byte of its list is an error that says so', async () => {
    let bytes: Buffer = Buffer.alloc(0);
    const port = await fakeAdbServer(() => ({ bytes, close: true }));
    const adb = new AdbkitAdb(port);
    for (bytes of truncated(okay(LIST))) expect(await failure(adb.list())).toBe('device.adb-missing');
  });

  it('that breaks off at any byte of a shell is a lost connection, never an end', async () => {
    const packet = (id: number, text: string): Buffer => {
      const head = Buffer.alloc(5);
      head[0] = id;
      head.writeUInt32LE(text.length, 1);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const whole = Buffer.concat([okay(), packet(1, 'hello'), packet(3, '\0')]);
    let bytes: Buffer = whole;
    const port = await fakeAdbServer((request): FakeAnswer => {
      if (request.endsWith(':features')) return { bytes: okay('shell_v2,cmd'), close: true };
      return request.startsWith('host:transport') ? { bytes: okay() } : { bytes, close: true };
    });
    const shell = () => new AdbkitAdb(port).connection('S1').shell({ command: ['true'], timeoutMs: 5000 });
    expect(await shell()).toEqual({ exitStatus: 0, output: 'hello', errors: '' });
    for (bytes of truncated(whole)) expect(await failure(shell())).toBe('device.lost');
  });

  it.each([
    ['says FAIL', fail('device offline'), 'device.lost'],
    ['says something else', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'device.lost'],
    ['gives a length that is none', Buffer.from('OKAY!!!!abc'), 'device.adb-missing'],
    ['gives too great a length', Buffer.from('OKAYffffabc'), 'device.adb-missing'],
  ])('that %s in place of its list is an error', async (_, bytes) => {
    const port = await fakeAdbServer(() => ({ bytes, close: true }));
    expect(await failure(new AdbkitAdb(port).list())).toMatch(/^device\./);
  });

  it('that never answers, or a byte a second, is given up within ten seconds', async () => {
    const silent = await fakeAdbServer(() => undefined);
    const slow = await fakeAdbServer(() => ({ bytes: okay(LIST), everyMs: 1000 }));
    expect(
      await Promise.all([failure(new AdbkitAdb(silent).list()), failure(new AdbkitAdb(slow).list())]),
    ).toEqual(['timeout', 'timeout']);
  }, 20_000);

  it('says why a device cannot be connected or paired, and is believed only in its own words', async () => {
    let said = '';
    const asked: string[] = [];
    const port = await fakeAdbServer((request) => {
      asked.push(request);
      return { bytes: okay(said), close: true };
    });
    const adb = new AdbkitAdb(port);
    said = 'connected to 10.0.0.2:5555';
    await adb.connect('10.0.0.2:5555');
    said = 'already connected to 10.0.0.2:5555';
    await adb.connect('10.0.0.2:5555');
    said = "failed to connect to '10.0.0.2:5555': Connection refused";
    await expect(adb.connect('10.0.0.2:5555')).rejects.toThrow(/Connection refused/);
    said = 'Failed: Wrong password or connection was dropped.';
    await expect(adb.pair('10.0.0.2:37000', '123456')).rejects.toThrow(/Wrong password/);
    said = 'Successfully paired to 10.0.0.2:37000 [guid=x]';
    await adb.pair('10.0.0.2:37000', '123456');
    expect(asked.at(-1)).toBe('host:pair:123456:10.0.0.2:37000');
  });
});
