import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRunner } from '@main/platform/tflite-runner/runner-process';
import { temporaryFolder } from '@test/support/temporary-folder';

/** A program in the runner's place, to play what a broken one does. */
function impostor(script: string): string {
  const path = join(temporaryFolder(), 'runner');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const run = (runner: string, silenceMs = 30_000): Promise<void> =>
  runRunner({
    runner,
    library: 'none',
    mode: 'run',
    modelPath: 'model.tflite',
    options: {},
    onEvent: () => undefined,
    silenceMs,
  });

describe.skipIf(process.platform === 'win32')('a runner that breaks down', () => {
  const BROKEN: [string, string, RegExp][] = [
    ['crashes', 'kill -SEGV $$', /SIGSEGV/],
    ['ends without a word', 'exit 0', /status 0/],
    [
      'claims success without the nonce',
      `echo '{"p":1,"n":"0","i":0,"ev":"end","status":"ok","c":"00000000"}'`,
      /status 0/,
    ],
    ['complains and leaves', 'echo out of memory >&2; exit 4', /status 4: out of memory/],
    ['prints garbage', 'head -c 3000000 /dev/urandom; exit 1', /status 1/],
  ];
  it.each(BROKEN)('that %s is an error that says so', async (_, script, why) => {
    const running = run(impostor(script));
    await expect(running).rejects.toThrow(why);
    await expect(running).rejects.toMatchObject({ code: 'runtime.failed' });
  });

  it('that hangs is ended', async () => {
    await expect(run(impostor('exec sleep 600'), 300)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('that is not there is one that set-up has to put there', async () => {
    await expect(run('/no/such/runner')).rejects.toMatchObject({ code: 'runtime.unavailable' });
  });
});
