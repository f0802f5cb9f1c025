import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintBeside } from '@main/fingerprint-task';
import type { MadeVariants } from '@main/flow/make-variants';
import { writeHashed } from '@main/flow/variant-files';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { loadRecipes } from '@main/platform/node/recipes';
import { callWorker } from '@main/platform/node/worker-call';
import type { WorkerLauncher } from '@main/ports/worker';
import { convertModel, fingerprintModel, Pace, type ConvertProgress } from '@main/services/convert';
import type { Progress } from '@shared/model/job';
import { SavedModelWriter } from '@test/support/saved-model-writer';
import { sparseDense } from '@test/support/sparse-dense';
import { temporaryFolder } from '@test/support/temporary-folder';
import { testLauncher, workerFile } from '@test/support/worker-bundle';

const OPERATORS = 500;

/** As many convolutions of 1x1, one after the other. */
function writeChain(folder: string): void {
  const writer = new SavedModelWriter([1, 4, 4, 2]);
  let x = 'x';
  for (let i = 0; i < OPERATORS; i++) {
    const kernel = writer.variable(`w${i}`, [1, 1, 2, 2], (index) => index + i);
    x = writer.plain(`relu${i}`, 'Relu', [writer.conv(`conv${i}`, x, kernel, 1)]);
  }
  writer.write(folder, x);
}

describe('a long conversion in a process of its own', () => {
  const recipes = loadRecipes('resources', 'none').filter(({ name }) => name === 'float32');
  let model: string;
  let launcher: WorkerLauncher;

  beforeAll(async () => {
    launcher = await testLauncher();
    model = mkdtempSync(join(tmpdir(), 'edgebench-test-'));
    writeChain(model);
  }, 240_000);
  afterAll(() => rmSync(model, { recursive: true, force: true }));

  const convert = async (
    outFolder: string,
    onProgress: (progress: Progress) => void,
    options: { readonly launcher: WorkerLauncher; readonly signal?: AbortSignal },
  ): Promise<MadeVariants> =>
    (await callWorker(options.launcher, {
      kind: 'convert',
      request: { model, recipes, outFolder },
      title: 'The converter',
      timeoutMs: 240_000,
      signal: options.signal,
      onProgress: (progress) => onProgress(progress as Progress),
    })) as MadeVariants;

  it('says in which stage it is and how many operators are done', async () => {
    const heard: Progress[] = [];
    const made = await convert(temporaryFolder(), (progress) => heard.push(progress), { launcher });
    expect(made.variants[0]?.operators).toEqual([expect.objectContaining({ count: OPERATORS })]);
    expect([...new Set(heard.map(({ stage }) => stage))]).toEqual([
      'read',
      'lower',
      'optimize',
      'write',
      'quantize float32',
    ]);
    const counts = heard.filter(({ stage }) => stage === 'lower').map(({ message }) => message);
    for (const message of counts) expect(message).toMatch(/^Converting operators \(\d+ of \d{3,}\)$/);
    expect(counts.length).toBeGreaterThan(0);
    expect(heard.filter(({ fraction }) => fraction !== undefined && fraction > 1)).toEqual([]);
  }, 240_000);

  it.each(['read', 'lower', 'optimize', 'write'])(
    'ends with its process when it is cancelled while it is at: %s',
    async (stage) => {
      const outFolder = temporaryFolder();
      const controller = new AbortController();
      const reason = new Error('not wanted any more');
      let ended: () => void;
      const gone = new Promise<void>((resolve) => (ended = resolve));
      const watched: WorkerLauncher = {
        start: (kind, events) =>
          launcher.start(kind, {
            ...events,
            exit(...how) {
              ended();
              events.exit(...how);
            },
          }),
      };
      const conversion = convert(
        outFolder,
        (progress) => progress.stage === stage && controller.abort(reason),
        { launcher: watched, signal: controller.signal },
      );
      await expect(conversion).rejects.toBe(reason);
      await gone;
      expect(readdirSync(outFolder).filter((name) => name.endsWith('.tflite'))).toEqual([]);
    },
    240_000,
  );
});

describe('a large constant', () => {
  const SIDE = 4096;

  it('is given up while it is written, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const pacing = {
      signal: controller.signal,
      onProgress: ({ stage }: ConvertProgress) => stage === 'write' && controller.abort(),
    };
    const opened = await convertModel({ path: sparseDense(SIDE, SIDE), ...pacing }, nodeModelFiles);
    const written = writeHashed(opened.model, folder, new Pace(pacing));
    await expect(written).rejects.toMatchObject({ code: 'cancelled' });
    opened.close();
    expect(readdirSync(folder)).toEqual([]);
  }, 240_000);

  it('is hashed beside the conversion as it would be in it', async () => {
    const path = sparseDense(SIDE, SIDE);
    const beside = await fingerprintBeside(await workerFile())(path);
    expect(beside).toEqual(fingerprintModel(path, nodeModelFiles));
    expect(beside.bytes).toBeGreaterThan(4 * SIDE * SIDE);
  }, 240_000);

  it('is hashed in another thread that ends when it is not wanted', async () => {
    const hashing = fingerprintBeside(await workerFile());
    const controller = new AbortController();
    const reason = new Error('not wanted any more');
    const hash = hashing(sparseDense(SIDE, SIDE), controller.signal);
    controller.abort(reason);
    await expect(hash).rejects.toBe(reason);
    await expect(hashing(join(temporaryFolder(), 'missing'))).rejects.toMatchObject({
      code: 'file.not-found',
    });
  }, 240_000);

  it('has its hash for a name when it is written', async () => {
    const folder = temporaryFolder();
    const opened = await convertModel({ path: sparseDense(SIDE, 8) }, nodeModelFiles);
    const { path, hash } = await writeHashed(opened.model, folder, new Pace());
    opened.close();
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(hash);
    expect(readdirSync(folder)).toEqual([`${hash}.tflite`]);
  });
});
