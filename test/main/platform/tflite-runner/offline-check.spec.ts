import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NamespaceOfflineCheck } from '@main/platform/tflite-runner/offline-check';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { Golden, goldenFolder } from '@test/support/golden';
import { appRoot } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

const parts = new RunnerParts(appRoot);
const canCut = spawnSync('unshare', ['--net', '--map-root-user', 'true']).status === 0;
const missing =
  parts.unavailable() ??
  (goldenFolder ? undefined : 'no golden models beside this checkout') ??
  (canCut ? undefined : 'no network namespace can be made here');

describe.skipIf(missing)(`with the network cut ${missing ? `(skipped: ${missing})` : ''}`, () => {
  it('a variant answers, and one that cannot run does not', async () => {
    const check = new NamespaceOfflineCheck(parts);
    const model = new Golden('digits_cnn').path('ref/float32.tflite');
    expect(await check.answers(model, undefined)).toBe(true);
    expect(await check.answers(join(temporaryFolder(), 'none.tflite'), undefined)).toBe(false);
  });
});
