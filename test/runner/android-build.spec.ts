import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appRoot } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

/** The compiler that the shipped executables were made with; another version makes other code from the same source. */
const MADE_WITH = '12.2.0';
const COMPILERS = {
  x86_64: 'x86_64-linux-gnu-gcc',
  'arm64-v8a': 'aarch64-linux-gnu-gcc',
  'armeabi-v7a': 'arm-linux-gnueabi-gcc',
};

const versionOf = (compiler: string): string =>
  spawnSync(compiler, ['-dumpfullversion'], { encoding: 'utf8' }).stdout?.trim() ?? '';

describe('the runner for Android', () => {
  for (const [abi, compiler] of Object.entries(COMPILERS)) {
    const version = versionOf(compiler);
    const other = version === MADE_WITH ? '' : ` (skipped: ${compiler} is ${version || 'not here'})`;
    it.skipIf(other)(`is shipped as its source builds it: ${abi}${other}`, () => {
      const out = join(temporaryFolder(), 'edgebench-runner');
      const built = spawnSync(process.execPath, ['runner/build.mjs', 'android', abi, out], {
        cwd: appRoot,
        encoding: 'utf8',
      });
      expect(built.stderr).toBe('');
      const shipped = readFileSync(join(appRoot, 'resources/runner', abi, 'edgebench-runner'));
      expect(readFileSync(out).equals(shipped)).toBe(true);
    });
  }
});
