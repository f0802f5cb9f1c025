import { describe, expect, it } from 'vitest';
import { convertModel, modelBytes } from '@main/services/convert';
import { verifyModel } from '@main/services/convert/graph/verify';
import { AppError } from '@shared/error/app-error';
import { savedModelFiles, scaleModel } from '@test/support/crafted-saved-model';
import { memoryFiles } from '@test/support/memory-files';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';

/** The code of the refusal, or 'converted'; anything but an AppError is thrown on. */
async function outcome(files: Record<string, Uint8Array>): Promise<string> {
  const inFolder = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`m/${path}`, bytes]));
  try {
    const { model, close } = await convertModel({ path: 'm' }, memoryFiles(inFolder));
    expect(verifyModel(model)).toEqual([]);
    await modelBytes(model);
    close();
    return 'converted';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const REFUSALS = [
  'model.unreadable',
  'model.unsupported',
  'model.too-large',
  'file.not-found',
  'file.unreadable',
  'usage.wrong',
];

describe('a damaged SavedModel', () => {
  const whole = savedModelFiles(scaleModel());

  it('is converted as it is', async () => {
    expect(await outcome(whole)).toBe('converted');
  });

  it.each(Object.keys(whole))('is converted or refused when %s is cut off anywhere', async (name) => {
    const bytes = whole[name] as Uint8Array;
    for (let length = 0; length < bytes.length; length++)
      expect(['converted', ...REFUSALS]).toContain(
        await outcome({ ...whole, [name]: bytes.slice(0, length) }),
      );
  });

  it.each(Object.keys(whole))('is converted or refused after random flips in %s', async (name) => {
    const bytes = whole[name] as Uint8Array;
    const random = seededRandom(FUZZ_SEED);
    const seen = new Set<string>();
    for (let i = 0; i < fuzzBudget(500); i++) {
      const damaged = bytes.slice();
      const flips = 1 + Math.floor(random() * 3);
      for (let k = 0; k < flips; k++)
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      seen.add(await outcome({ ...whole, [name]: damaged }));
    }
    for (const each of seen) expect(['converted', ...REFUSALS]).toContain(each);
    expect(seen).toContain('model.unreadable');
  });
});
