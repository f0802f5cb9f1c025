import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printModel } from '@main/services/convert/graph/print';
import { verifyModel } from '@main/services/convert/graph/verify';
import { parseTflite } from '@main/services/convert/read/tflite';
import { modelBytes } from '@main/services/convert/write';
import { goldenFolder, goldenModels } from '@test/support/golden';

const cases = goldenModels().flatMap((golden) =>
  Object.values(golden.doc.reference)
    .filter(({ status, fallback }) => status === 'ok' && !fallback?.includes('tf_ops'))
    .map(({ file }) => ({ path: golden.path(file), title: `${golden.doc.name}/${file}` })),
);

/** Some of the reference's int16x8 files have scales of 0 or NaN: our verifier has to refuse those. */
const BROKEN = /int16x8\.tflite is not a valid TFLite file: .* has the scale (0|NaN)/;

describe.skipIf(goldenFolder === undefined)('reading and writing the reference files', () => {
  it.each(cases)('$title', async ({ path, title }) => {
    const bytes = new Uint8Array(readFileSync(path));
    let model;
    try {
      model = parseTflite(bytes, title);
    } catch (error) {
      if (BROKEN.test((error as Error).message)) return;
      throw error;
    }
    expect(verifyModel(model, { types: false })).toEqual([]);
    const written = await modelBytes(model);
    expect(printModel(parseTflite(written, 'the written file'))).toBe(printModel(model));
    expect(written.byteLength).toBeLessThanOrEqual(bytes.byteLength);
  });
});
