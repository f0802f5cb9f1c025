import { isAppError } from '@shared/error/app-error';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { readTflite } from '@main/services/convert';
import { afterAll, describe, expect, it } from 'vitest';
import { goldenFolder, goldenModels, type Golden } from '../support/golden';
import { prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import {
  dequantized,
  MODES,
  numbers,
  quantizeGolden,
  rangeOf,
  realOutputs,
  rms,
  shippedRecipe,
  type QuantizedGolden,
} from './quantized';

const missing = goldenFolder === undefined ? 'no golden models beside this checkout' : prepareRunner();

/** Our error may be this much greater than the reference quantizer's. */
const MAX_RATIO = 1.1;
/** Differences below this share of the output's range are rounding, whoever makes them. */
const NEGLIGIBLE = 1e-4;
const MAX_SIZE_RATIO = 1.01;

const cases = goldenModels().flatMap((golden) =>
  MODES.flatMap((mode) => [
    { mode, recorded: mode, source: 'saved_model' },
    { mode, recorded: `keras2_${mode}`, source: 'saved_model_keras2' },
  ])
    .filter(({ recorded }) => {
      const reference = golden.doc.reference[recorded];
      return golden.doc.expect === 'convert' && reference?.status === 'ok' && !reference.suspect;
    })
    .map((each) => ({ ...each, title: `${golden.doc.name} ${each.recorded}`, golden })),
);

const table: string[] = [];

/*
 * How a variant is judged. First by the recorded outputs: the rms error of every output against the original's may be 1.1
 * times the reference's. Where it is more, both files are run here, on one runtime, over the golden inputs and the
 * calibration data together, because
 * - the record comes from another machine, and kernels that quantize as they run (dynamic range) round otherwise there;
 * - a few values tell little: the error of n values is known to one part in sqrt(2n), so the ratio of two of them is allowed
 *   twice its standard deviation more, 1.1 x (1 + 2 / sqrt(n));
 * - the reference lets one output pay for another when it cuts the range of a tensor that both read. So it is enough when
 *   the errors of all outputs together, each as a share of its range, are within the limit.
 */
describe.skipIf(missing)(
  `quantization of the golden models${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    afterAll(() => {
      if (table.length > 0)
        console.log(['rms error ours/reference, bytes ours/reference', ...table].join('\n'));
    });

    it.each(cases)('$title', async ({ title, golden, mode, recorded, source }) => {
      const reference = golden.doc.reference[recorded];
      if (!reference) throw new Error('no reference');
      const made = await quantizeGolden(golden, shippedRecipe(mode), temporaryFolder(), source);
      const size = made.report.bytes / reference.bytes;
      let isWithin = true;
      for (const key of Object.keys(golden.doc.signatures))
        for (const { name, ours, theirs, floor } of await recordedErrors(golden, recorded, key, made)) {
          table.push(
            `${title.padEnd(34)} ${name.padEnd(12)} ${(ours / (theirs || floor || 1)).toFixed(3)} ${size.toFixed(3)}`,
          );
          isWithin &&= ours <= Math.max(theirs * MAX_RATIO, floor);
        }
      expect(isWithin ? [] : await errorsHere(golden, recorded, made)).toEqual([]);
      expect(size).toBeLessThanOrEqual(MAX_SIZE_RATIO);
    });
  },
);

interface OutputErrors {
  readonly name: string;
  readonly ours: number;
  readonly theirs: number;
  /** What counts as no error. */
  readonly floor: number;
}

/** Errors against the original's recorded outputs, the reference's from its recorded run. */
async function recordedErrors(
  golden: Golden,
  mode: string,
  key: string,
  made: QuantizedGolden,
): Promise<OutputErrors[]> {
  const { golden: recorded } = golden.doc.signatures[key] as Golden['doc']['signatures'][string];
  const outputs = await realOutputs(made.path, made.model, golden, key, golden.tensors(recorded.inputs));
  const byPlace = Object.values(outputs);
  return Object.entries(golden.tensors(recorded.outputs)).map(([name, tensor], i) => {
    const original = numbers(tensor);
    const ours = outputs[name] ?? byPlace[i];
    if (!ours) throw new Error(`no output for ${name}`);
    return {
      name,
      ours: rms(ours, original),
      theirs: rms(recordedReference(golden, mode, key, name, i), original),
      floor: NEGLIGIBLE * rangeOf(original),
    };
  });
}

function recordedReference(
  golden: Golden,
  mode: string,
  key: string,
  name: string,
  place: number,
): Float64Array {
  const reference = golden.doc.reference[mode] as unknown as {
    signatures: Record<string, { outputs: Record<string, { scale?: number[]; zero_point?: number[] }> }>;
    run: { signatures: Record<string, { outputs: Record<string, Parameters<Golden['tensor']>[0]> }> };
  };
  // Keras 2 names outputs by layer.
  const { outputs } = reference.run.signatures[key] ?? { outputs: {} };
  const recorded = name in outputs ? name : (Object.keys(outputs)[place] ?? name);
  const ref = outputs[recorded];
  if (!ref) throw new Error(`no recorded output ${name}`);
  const { scale = [], zero_point: zeroPoint = [] } = reference.signatures[key]?.outputs[recorded] ?? {};
  return dequantized(golden.tensor(ref), { scale, zeroPoint });
}

interface Sums {
  ours: number;
  theirs: number;
  count: number;
  range: number;
}

/** What is worse than the reference's file when both run here, against our float32 conversion (which has a test of its own). */
async function errorsHere(golden: Golden, mode: string, made: QuantizedGolden): Promise<string[]> {
  const referencePath = golden.path('ref', `${mode}.tflite`);
  const reference = readTflite(referencePath, nodeModelFiles);
  const sums = new Map<string, Sums>();
  for (const [key, signature] of Object.entries(golden.doc.signatures))
    for (const { inputs: refs } of [signature.golden, signature.calibration]) {
      const inputs = golden.tensors(refs);
      let theirs: Record<string, Float64Array>;
      try {
        theirs = await realOutputs(referencePath, reference, golden, key, inputs);
      } catch (error) {
        // The reference's file fails on these inputs (int8 DIV): there is nothing to compare with.
        if (isAppError(error) && error.code === 'runtime.failed') continue;
        throw error;
      }
      const float = await realOutputs(made.floatPath, made.float, golden, key, inputs);
      const ours = await realOutputs(made.path, made.model, golden, key, inputs);
      for (const [i, [name, expected]] of Object.entries(float).entries()) {
        const sum = sums.get(`${key} ${name}`) ?? { ours: 0, theirs: 0, count: 0, range: 0 };
        sums.set(`${key} ${name}`, sum);
        sum.ours += rms(ours[name] as Float64Array, expected) ** 2 * expected.length;
        sum.theirs +=
          rms(theirs[name] ?? (Object.values(theirs)[i] as Float64Array), expected) ** 2 * expected.length;
        sum.count += expected.length;
        sum.range = Math.max(sum.range, rangeOf(expected));
      }
    }
  const isWithin = ({ ours, theirs, count, range }: Sums): boolean =>
    Math.sqrt(ours / count) <=
    Math.max(MAX_RATIO * (1 + 2 / Math.sqrt(count)) * Math.sqrt(theirs / count), NEGLIGIBLE * range);
  const all: Sums = { ours: 0, theirs: 0, count: 0, range: 0 };
  for (const { ours, theirs, count, range } of sums.values()) {
    const scale = 1 / (count * Math.max(range, Number.MIN_VALUE) ** 2);
    all.ours += ours * scale;
    all.theirs += theirs * scale;
    all.count = Math.max(all.count, count);
  }
  // Both sides are means already.
  if (isWithin({ ...all, ours: all.ours * all.count, theirs: all.theirs * all.count })) return [];
  return Array.from(sums)
    .filter(([, sum]) => !isWithin(sum))
    .map(
      ([name, { ours, theirs, count }]) =>
        `${name}: rms error ${Math.sqrt(ours / count)} where the reference has ${Math.sqrt(theirs / count)}`,
    );
}
