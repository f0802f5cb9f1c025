import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '@main/platform/node/child-process';
import { readKeptCode, writeKeptCode } from '@main/platform/node/kept-code';
import { cliFile } from '@test/support/worker-bundle';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'edgebench-kept-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = (name: string, bytes: string) => ({ name, key: `key of ${name}`, code: Buffer.from(bytes) });

test('what was kept comes back by name', () => {
  const file = join(folder, 'deep', 'a.code');
  writeKeptCode(file, [code('cli.js', 'one'), code('chunks/x.js', '')]);
  expect([...readKeptCode(file).values()]).toEqual([code('cli.js', 'one'), code('chunks/x.js', '')]);
});

test('nothing comes from a file that is missing, cut off or changed', () => {
  const file = join(folder, 'b.code');
  expect(readKeptCode(file).size).toBe(0);
  writeKeptCode(file, [code('cli.js', 'one two three')]);
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    expect(readKeptCode(file).size).toBe(0);
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    writeFileSync(file, changed);
    expect(readKeptCode(file).size).toBe(0);
  }
});

test('a folder that cannot be made is no failure', () => {
  const plain = join(folder, 'plain');
  writeFileSync(plain, '');
  writeKeptCode(join(plain, 'a.code'), [code('cli.js', 'one')]);
  expect(readKeptCode(join(plain, 'a.code')).size).toBe(0);
});

const keepsItself = 'enableCompileCache' in (await import('node:module')).default;

test.skipIf(keepsItself)(
  'the command line starts the same with kept code, without it, and with damaged code',
  async () => {
    const cli = await cliFile();
    const help = async (): Promise<string> => {
      let output = '';
      const { code: status } = await runChild({
        command: process.execPath,
        args: [cli, '--help'],
        env: { ...process.env, EDGEBENCH_CACHE_DIR: folder },
        onOutput: (chunk) => void (output += Buffer.from(chunk).toString('utf8')),
      });
      expect(status).toBe(0);
      return output;
    };
    const file = join(folder, 'compiled', 'others.code');
    const first = await help();
    expect(first).toContain('convert');
    expect(readKeptCode(file).size).toBeGreaterThan(0);
    const { ino, mtimeMs } = statSync(file);
    expect(await help()).toBe(first);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });

    const damaged = readFileSync(file).fill(0x55, 5000, 6000);
    writeFileSync(file, damaged);
    expect(await help()).toBe(first);
    expect(readKeptCode(file).size).toBeGreaterThan(0);

    // Code of one script under the name and key of others is what V8 itself has to refuse.
    const [some, ...others] = [...readKeptCode(file).values()];
    if (!some) throw new Error('nothing was kept');
    writeKeptCode(
      file,
      [some, ...others].map(({ name, key }) => ({ name, key, code: Buffer.alloc(100) })),
    );
    expect(await help()).toBe(first);
  },
  120_000,
);
