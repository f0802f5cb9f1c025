import { describe, expect, it } from 'vitest';
import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRunRequest, TfliteRuntime, TfliteRuntimeId } from '@main/ports/tflite-runtime';
import { validateVariant, type ValidateRequest } from '@main/services/validate';
import { AppError } from '@shared/error/app-error';
import type { NamedTensors, Tensor } from '@shared/model/tensor';

const SAMPLES = 8;
const CLASSES = 4;

const floats = (values: readonly number[], ...shape: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

/** One input of three values per sample. */
const inputs = floats(
  Array.from({ length: SAMPLES * 3 }, (_, i) => Math.sin(i)),
  SAMPLES,
  1,
  3,
);

/** Class scores, and an output that is none; `error` is added to every value. */
const answer = ({ x }: NamedTensors, error = 0): NamedTensors => {
  const count = x!.shape[0]!;
  const value = (i: number): number => Number(x!.data[i % x!.data.length]);
  return {
    scores: floats(
      Array.from({ length: count * CLASSES }, (_, i) => value(i) + (i % CLASSES) / 10 + error * Math.cos(i)),
      count,
      1,
      CLASSES,
    ),
    map: floats(
      Array.from({ length: count * 18 }, (_, i) => value(i) * 2 + error * Math.cos(i)),
      count,
      1,
      3,
      6,
    ),
  };
};

const original = (run = (given: NamedTensors) => answer(given)): OriginalRuntime => ({
  unavailable: () => Promise.resolve(undefined),
  run: (request) =>
    Promise.resolve({
      framework: 'TensorFlow',
      reading: request.format.startsWith('keras'),
      outputs: run(request.inputs),
    }),
});

const runtime = (
  id: TfliteRuntimeId,
  answers: (request: TfliteRunRequest) => NamedTensors,
  why?: string,
): TfliteRuntime => ({
  id,
  unavailable: () => Promise.resolve(why),
  run: async (request) => ({ runtimeVersion: id, outputs: await Promise.resolve(answers(request)) }),
});

const ports = (names: readonly string[], shapes: readonly number[][]) =>
  names.map((name, i) => ({
    name,
    dtype: 'float32' as const,
    shape: shapes[i]!,
    quantization: undefined,
  }));
const SIDES = {
  key: 'serving_default',
  inputs: ports(['x'], [[1, 3]]),
  outputs: ports(
    ['scores', 'map'],
    [
      [1, CLASSES],
      [1, 3, 6],
    ],
  ),
};

const request = (changes: Partial<ValidateRequest> = {}): ValidateRequest => ({
  original: { path: 'model', format: 'saved-model', signature: SIDES },
  float32Path: 'float32',
  variant: { path: 'variant', precision: 'int8', interface: SIDES },
  choices: {},
  data: {
    description: 'data',
    count: SAMPLES,
    random: false,
    labels: undefined,
    slice: (start, end) =>
      Promise.resolve({
        x: floats([...(inputs.data as Float32Array)].slice(3 * start, 3 * end), end - start, 1, 3),
      }),
  },
  maxSamples: 100,
  marks: { minCosine: 0.99, minSnrDb: 30, minAccuracyRatio: 0.98 },
  ...changes,
});

/** A runtime on which the float32 conversion errs by a hundredth of the variant's error. */
const erring = (id: TfliteRuntimeId, error: number): TfliteRuntime =>
  runtime(id, ({ modelPath, inputs: given }) => answer(given, modelPath === 'float32' ? error / 100 : error));

describe('a variant beside its original', () => {
  it('has an error budget of three stages on each runtime, over the same samples', async () => {
    const tools = {
      original: original(),
      runtimes: [erring('tflite-2.21', 0.01), erring('tflite-2.9', 0.02)],
    };
    const report = await validateVariant(request(), tools);
    expect(report.stages.map(({ stage, runtime: id, samples }) => [stage, id, samples])).toEqual(
      (['tflite-2.21', 'tflite-2.9'] as const).flatMap((id) => [
        ['original-to-float32', id, SAMPLES],
        ['float32-to-variant', id, SAMPLES],
        ['original-to-variant', id, SAMPLES],
      ]),
    );
    const worst = report.stages.map(({ outputs }) => outputs.find(({ output }) => output === 'map')!.maxAbs!);
    for (const [i, expected] of [1e-4, 0.0099, 0.01, 2e-4, 0.0198, 0.02].entries())
      expect(worst[i]).toBeCloseTo(expected, 5);
    expect(report).toMatchObject({
      status: 'passed',
      reasons: [],
      rightOn: 'Right on TFLite 2.21 and TFLite 2.9.',
      original: { framework: 'TensorFlow', reading: false },
    });
  });

  it('gives the float32 conversion itself its own error as the first stage', async () => {
    const { float32Path: _, ...plain } = request();
    const tools = { original: original(), runtimes: [erring('tflite-2.21', 1e-5)] };
    const { stages } = await validateVariant(plain, tools);
    expect(stages.map(({ stage }) => stage)).toEqual(['original-to-float32', 'original-to-variant']);
    expect(stages[0]!.outputs).toEqual(stages[1]!.outputs);
  });

  it('measures every output, and agreement of classes only where there are classes', async () => {
    const tools = { original: original(), runtimes: [erring('tflite-2.21', 0.01)] };
    const { stages } = await validateVariant(request(), tools);
    const [scores, map] = stages.at(-1)!.outputs;
    expect(scores).toMatchObject({ output: 'scores', top1Agreement: 1, top5Agreement: 1 });
    expect(map).toMatchObject({ output: 'map', top1Agreement: null, top5Agreement: null });
    for (const error of [scores!, map!]) {
      expect(error.cosine).toBeGreaterThan(0.999);
      expect(error.snrDb).toBeGreaterThan(30);
      expect(error.psnrDb).toBeGreaterThan(error.snrDb!);
      expect(error.meanAbs).toBeLessThan(error.maxAbs!);
    }
  });

  it('fails by its pass marks, which can be changed', async () => {
    const tools = { original: original(), runtimes: [erring('tflite-2.21', 0.05)] };
    const float = request({ variant: { ...request().variant, precision: 'float16' } });
    const failed = await validateVariant(float, tools);
    expect(failed.status).toBe('failed');
    expect(failed.reasons.join()).toMatch(/SNR .* below 30 dB/);
    const marks = { ...float.marks, minSnrDb: 10 };
    expect(await validateVariant({ ...float, marks }, tools)).toMatchObject({ status: 'passed', marks });
  });

  it('counts accuracy before and after on the labelled samples', async () => {
    const truth = answer({ x: inputs })['scores']!.data as Float32Array;
    const best = Int32Array.from({ length: SAMPLES }, (_, i) => {
      const row = [...truth.subarray(i * CLASSES, (i + 1) * CLASSES)];
      return row.indexOf(Math.max(...row));
    });
    const inverted = runtime('tflite-2.21', ({ modelPath, inputs: given }) => {
      const right = answer(given);
      const { scores } = right;
      if (modelPath === 'float32') return right;
      // The first two samples' scores upside down: two answers of eight are wrong.
      const data = (scores!.data as Float32Array).map((value, i) => (i < 2 * CLASSES ? -value : value));
      return { ...right, scores: { ...scores!, data } };
    });
    const report = await validateVariant(request({ data: { ...request().data, labels: best } }), {
      original: original(),
      runtimes: [inverted],
    });
    expect(report.accuracy).toEqual({ before: 1, after: 0.75, samples: SAMPLES });
    expect(report.reasons.join()).toContain('Accuracy fell from 100.0 % to 75.0 % on 8 samples');
  });

  it('is judged by the current runtime, and by the old one when its recipe targets that', async () => {
    const broken = runtime('tflite-2.9', () => {
      throw new AppError('runtime.failed', 'Unknown operator.');
    });
    const tools = { original: original(), runtimes: [erring('tflite-2.21', 0.001), broken] };
    const report = await validateVariant(request(), tools);
    expect(report).toMatchObject({
      status: 'passed',
      rightOn: 'Right on TFLite 2.21; refused by TFLite 2.9 (Unknown operator).',
    });
    const targeted = await validateVariant(request({ rightOn: ['tflite-2.9'] }), tools);
    expect(targeted).toMatchObject({ status: 'failed', reasons: ['tflite-2.9: Unknown operator.'] });
  });

  it('is not validated, with the reason, when the original cannot be run', async () => {
    const silent: OriginalRuntime = {
      ...original(),
      unavailable: () => Promise.resolve('TensorFlow is not built.'),
    };
    const runtimes = [erring('tflite-2.21', 0.001)];
    const report = await validateVariant(request(), { original: silent, runtimes });
    expect(report).toMatchObject({
      status: 'not-validated',
      reasons: ['The original could not be run: TensorFlow is not built.'],
    });
    expect(report.stages.map(({ stage }) => stage)).toEqual(['float32-to-variant']);
    expect(report.original).toBeUndefined();
  });

  it('says when the original is our reading of its file', async () => {
    const keras = request({ original: { ...request().original, format: 'keras-v3' } });
    const runtimes = [erring('tflite-2.21', 0.001)];
    const report = await validateVariant(keras, { original: original(), runtimes });
    expect(report.original?.reading).toBe(true);
  });

  it('fails for an output of another size or type, without breaking down', async () => {
    const smaller = runtime('tflite-2.21', ({ inputs: given }) => ({
      ...answer(given),
      map: floats(
        Array.from({ length: SAMPLES }, () => 1),
        SAMPLES,
        1,
      ),
    }));
    const report = await validateVariant(request(), { original: original(), runtimes: [smaller] });
    expect(report.status).toBe('failed');
    expect(report.reasons.join()).toContain('computes something else');
    const integers = { ...SIDES, inputs: [{ ...SIDES.inputs[0]!, dtype: 'int32' as const }] };
    const other = request({ variant: { ...request().variant, interface: integers } });
    const typed = await validateVariant(other, {
      original: original(),
      runtimes: [erring('tflite-2.21', 0)],
    });
    expect(typed.status).toBe('failed');
    expect(typed.reasons).toContain('x: float32 in the original, int32 in the variant.');
  });

  it('calls NaN on one side as wrong as can be', async () => {
    const broken = runtime('tflite-2.21', ({ modelPath, inputs: given }) =>
      answer(given, modelPath === 'float32' ? 0 : NaN),
    );
    const report = await validateVariant(request(), { original: original(), runtimes: [broken] });
    expect(report.status).toBe('failed');
    expect(report.stages.at(-1)!.outputs[0]).toMatchObject({ cosine: 0, maxAbs: null, snrDb: null });
  });
});
