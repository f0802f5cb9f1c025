import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findAdb } from '@main/platform/adbkit/find-adb';
import { bundleScript } from '@test/support/bundle-script';
import { temporaryFolder } from '@test/support/temporary-folder';
import { freePort } from '@test/support/own-adb-server';
import { adb } from '@test/support/test-device';

const missing = process.platform !== 'linux' || !findAdb();
/** Node closes the first sixteen at a program's start, and those after them up to the first gap. */
const LEAKED = 40;

describe.skipIf(missing)('the ADB server that we start', () => {
  it('holds no file that was left open around us', async () => {
    const port = await freePort();
    const script = await bundleScript('test/integration/start-adb-server.ts', temporaryFolder());
    const stdio: StdioOptions = Array.from({ length: LEAKED + 1 }, (_, fd) =>
      fd === LEAKED ? 'pipe' : 'ignore',
    );
    const child = spawn(process.execPath, [script, String(port)], { stdio });
    onTestFinished(() => void adb(port, 'kill-server'));
    const leaked: unknown = Reflect.get(child.stdio, LEAKED);
    if (!(leaked instanceof Readable)) throw new Error('no pipe');
    const ended = once(leaked.resume(), 'end');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(adb(port, 'devices')).toContain('List of devices attached');
    // The pipe ends when its last holder is gone: the test's time limit is what fails it.
    await ended;
  }, 60_000);
});
