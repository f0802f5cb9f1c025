import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { appRoot, prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from '../support/test-cli';

const missing = prepareRunner();
const digits = join(appRoot, 'resources/samples/digits');

/** Nothing listens there: conversions need no devices. */
const NO_ADB = 1;

const PERCENTILE = {
  name: 'clipped',
  title: 'Clipped',
  precision: 'int8',
  calibration: { method: 'percentile', percentile: 99.5, maxSamples: 70 },
  overrides: [{ name: '*conv*1*', precision: 'float32' }],
};

afterEach(() => vi.unstubAllEnvs());

/** SHA-256 of each variant that the command line makes of the sample, by file name. */
async function hashes(processes: number, recipes: string): Promise<Record<string, string>> {
  const dataDir = temporaryFolder();
  mkdirSync(join(dataDir, 'recipes'));
  writeFileSync(join(dataDir, 'recipes/clipped.json'), JSON.stringify(PERCENTILE));
  vi.stubEnv('EDGEBENCH_CALIBRATION_PROCESSES', String(processes));
  const out = join(temporaryFolder(), 'out/');
  const { status, errors } = await runCli(dataDir, NO_ADB, [
    'convert',
    join(digits, 'saved_model'),
    '--recipe',
    recipes,
    '--no-validate',
    '--calibration',
    join(digits, 'calibration.npz'),
    '--out',
    out,
    '--json',
  ]);
  expect(errors).not.toMatch(/rror/);
  expect(status).toBe(0);
  return Object.fromEntries(
    readdirSync(out).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  );
}

it.skipIf(missing)(
  `makes the same files again, whatever runs side by side${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const once = await hashes(1, 'int8,int16x8,clipped,dynamic');
    expect(Object.keys(once)).toHaveLength(4);
    expect(await hashes(3, 'int8,int16x8,clipped,dynamic')).toEqual(once);
    // A recipe gives the same by itself as with others beside it.
    const alone = Object.entries(await hashes(2, 'clipped,int8'));
    expect(alone).toHaveLength(2);
    for (const [name, hash] of alone) expect(hash).toBe(once[name]);
  },
  180_000,
);
