import { describe, expect, it } from 'vitest';
import { verifyModel } from '@main/services/convert/graph/verify';
import { parseTflite } from '@main/services/convert/read/tflite';
import { modelBytes } from '@main/services/convert/write';
import { AppError } from '@shared/error/app-error';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';
import { chainModel, tinyModel } from '@test/support/tiny-model';

/** What reading gives: nothing when it is a sound model, else the error; anything but an AppError is thrown on. */
function refusal(bytes: Uint8Array): AppError | undefined {
  try {
    expect(verifyModel(parseTflite(bytes, "'damaged.tflite'"), { types: false })).toEqual([]);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('a damaged .tflite file', () => {
  it('is refused when it is cut off at any byte', async () => {
    const whole = await modelBytes(tinyModel());
    expect(refusal(whole)).toBeUndefined();
    for (let length = 0; length < whole.length; length++) {
      const error = refusal(whole.slice(0, length));
      expect(error?.code).toBe('model.unreadable');
      expect(error?.message).toMatch(/is not a (valid TFLite file: .* at byte \d+|TFLite model)/);
    }
  });

  it('is refused when a large one is cut off at any of 1,000 places', async () => {
    const whole = await modelBytes(chainModel(300));
    expect(whole.length).toBeGreaterThan(50_000);
    const random = seededRandom(FUZZ_SEED);
    for (let i = 0; i < 1000; i++) {
      const length = Math.floor(random() * whole.length);
      expect(refusal(whole.slice(0, length))?.code).toBe('model.unreadable');
    }
  });

  it('is sound or refused after random flips', async () => {
    const whole = await modelBytes(tinyModel());
    const random = seededRandom(FUZZ_SEED);
    const codes = new Set<string | undefined>();
    for (let i = 0; i < fuzzBudget(5000); i++) {
      const damaged = whole.slice();
      const flips = 1 + Math.floor(random() * 4);
      for (let k = 0; k < flips; k++) {
        const at = Math.floor(random() * damaged.length);
        damaged[at] = Math.floor(random() * 256);
      }
      codes.add(refusal(damaged)?.code);
    }
    expect(Array.from(codes).sort()).toEqual(['model.unreadable', 'model.unsupported', undefined]);
  });

  it('is sound or refused after flips of single bits in its offsets', async () => {
    const whole = await modelBytes(tinyModel());
    for (let at = 0; at < whole.length; at++)
      for (const mask of [0x01, 0x80, 0xff]) {
        const damaged = whole.slice();
        damaged[at] = (damaged[at] as number) ^ mask;
        refusal(damaged);
      }
    expect(refusal(whole)).toBeUndefined();
  });
});
