import { TfliteNodeRuntime } from '@main/platform/tflite-node/tflite-node-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { isAppError } from '@shared/error/app-error';
import { elementCount, type Quantization, type Tensor } from '@shared/model/tensor';
import { describe, expect, it } from 'vitest';
import { goldenFolder, goldenModels, type Golden } from '../support/golden';
import { appRoot, prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import { testLauncher } from '../support/worker-bundle';
import {
  byPosition,
  dequantized,
  MODES,
  numbers,
  quantizeGolden,
  rangeOf,
  realOutputs,
  rms,
  runtime,
  shippedRecipe,
  signatureOf,
} from './quantized';

const missing = goldenFolder === undefined ? 'no golden models beside this checkout' : prepareRunner();
const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const missing29 = await new TfliteNodeRuntime(none, appRoot).unavailable();

/** The greatest rms error as a share of an output's range, on random weights. */
const MOST: Record<string, number> = { float16: 1e-3, dynamic: 0.05, int8: 0.1, int16x8: 0.02 };
const SIGNATURE = 'serving_default';

const named = (...names: string[]): Golden[] => goldenModels().filter(({ doc }) => names.includes(doc.name));
/** What TensorFlow's converter made of networks, layers, loops and fused layers. */
const CHOSEN = named(
  'digits_cnn',
  'mobilenet_v2_0.35_96',
  'conv2d_transpose',
  'dense_rank3',
  'lstm',
  'lstm_static',
  'multi_head_attention',
  'merge_concat',
  'multi_input',
  'two_signatures',
  'resize_modes',
  'act_swish',
);
const cases = CHOSEN.flatMap((golden) => MODES.map((mode) => ({ golden, mode, name: golden.doc.name })));

describe.skipIf(missing)(`quantization of .tflite files${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('has all the files that it names', () => expect(CHOSEN).toHaveLength(12));

  it.each(cases)("TensorFlow's $name as $mode", async ({ golden, mode }) => {
    const made = await quantizeGolden(golden, shippedRecipe(mode), temporaryFolder(), 'ref/float32.tflite');
    expect(made.report.operators.length).toBeGreaterThan(0);
    for (const [key, { golden: recorded }] of Object.entries(golden.doc.signatures)) {
      const inputs = golden.tensors(recorded.inputs);
      const float = await realOutputs(made.floatPath, made.float, golden, key, inputs);
      const outputs = await realOutputs(made.path, made.model, golden, key, inputs);
      for (const [name, expected] of Object.entries(float)) {
        const error = rms(outputs[name] ?? new Float64Array(), expected);
        expect(error, `${key} ${name}`).toBeLessThanOrEqual((MOST[mode] ?? 0) * rangeOf(expected) + 1e-6);
      }
    }
  });

  it('refuses a file that is quantized already', async () => {
    const [golden] = named('digits_cnn');
    const failure = await quantizeGolden(
      golden as Golden,
      shippedRecipe('dynamic'),
      temporaryFolder(),
      'ref/int8.tflite',
    ).catch((error: unknown) => error);
    expect(isAppError(failure) && failure.code).toBe('quantize.failed');
  });

  for (const name of ['digits_cnn', 'mobilenet_v2_0.35_96', 'multi_input'])
    it(`takes and gives integers where the recipe says so, on both runtimes: ${name}`, async () => {
      const [golden] = named(name);
      if (!golden) throw new Error(`no ${name}`);
      const runtimes: TfliteRuntime[] = [runtime];
      if (missing29 === undefined) runtimes.push(new TfliteNodeRuntime(await testLauncher(), appRoot));
      const real = golden.tensors(golden.doc.signatures[SIGNATURE]?.golden.inputs ?? {});
      const float = await withIo(golden, 'int8', real, [runtime]);
      for (const [recipe, dtype] of [
        ['int8-io', 'int8'],
        ['uint8-io', 'uint8'],
      ] as const)
        for (const { outputs, dtypes } of await withIo(golden, recipe, real, runtimes)) {
          expect(new Set(dtypes)).toEqual(new Set([dtype]));
          for (const [i, values] of outputs.entries()) {
            const expected = float[0]?.outputs[i] ?? new Float64Array();
            // The same codes on one runtime; another one rounds some of them the other way.
            expect(rms(values, expected)).toBeLessThanOrEqual(0.02 * Math.max(rangeOf(expected), 1e-3));
          }
        }
    });
});

/** Real outputs of the variant by that recipe, run on each runtime, and the types of its ports. */
async function withIo(
  golden: Golden,
  recipe: string,
  real: Readonly<Record<string, Tensor>>,
  runtimes: readonly TfliteRuntime[],
): Promise<{ outputs: Float64Array[]; dtypes: string[] }[]> {
  const made = await quantizeGolden(
    golden,
    shippedRecipe(recipe, { targetRuntime: '2.9' }),
    temporaryFolder(),
  );
  const signature = signatureOf(made.model, golden, SIGNATURE);
  const values = byPosition(signature, real);
  const inputs = Object.fromEntries(
    signature.inputs.map(({ name, value }) => {
      const tensor = values[name] as Tensor;
      return [name, value.quantization ? codesOf(tensor, value.dtype, value.quantization) : tensor];
    }),
  );
  const results = [];
  for (const each of runtimes) {
    const { outputs } = await each.run({
      modelPath: made.path,
      signature: signature.key,
      inputs,
      xnnpack: false,
    });
    results.push({
      outputs: signature.outputs.map(({ name, value }) =>
        dequantized(outputs[name] as Tensor, value.quantization),
      ),
      dtypes: [...signature.inputs, ...signature.outputs].map(({ value }) => value.dtype),
    });
  }
  return results;
}

function codesOf(tensor: Tensor, dtype: string, { scale, zeroPoint }: Quantization): Tensor {
  const [low, high] = dtype === 'uint8' ? [0, 255] : [-128, 127];
  const data =
    dtype === 'uint8'
      ? new Uint8Array(elementCount(tensor.shape))
      : new Int8Array(elementCount(tensor.shape));
  for (const [i, x] of numbers(tensor).entries())
    data[i] = Math.min(high, Math.max(low, Math.round(x / (scale[0] ?? 1)) + (zeroPoint[0] ?? 0)));
  return { dtype: dtype === 'uint8' ? 'uint8' : 'int8', shape: tensor.shape, data };
}
