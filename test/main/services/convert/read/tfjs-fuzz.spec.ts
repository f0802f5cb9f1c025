import { describe, expect, it } from 'vitest';
import { convertModel, modelBytes } from '@main/services/convert';
import { AppError } from '@shared/error/app-error';
import { memoryFiles } from '@test/support/memory-files';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';

const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const floats = { type: 'DT_FLOAT' };
const weights = (name: string) => [
  { paths: ['w.bin'], weights: [{ name, shape: [3, 3], dtype: 'float32' }] },
];

const MODELS: Record<string, object> = {
  'a graph model': {
    format: 'graph-model',
    signature: {
      inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: shape(1, 3) } },
      outputs: { y: { name: 'relu:0', dtype: 'DT_FLOAT', tensorShape: shape(1, 3) } },
    },
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: floats, shape: { shape: shape(1, 3) } } },
        { name: 'w', op: 'Const', attr: { dtype: floats } },
        {
          name: 'product',
          op: 'MatMul',
          input: ['x', 'w'],
          attr: { T: floats, transpose_a: { b: false }, transpose_b: { b: false } },
        },
        { name: 'relu', op: 'Relu', input: ['product'], attr: { T: floats } },
      ],
    },
    weightsManifest: weights('w'),
  },
  'a layers model': {
    format: 'layers-model',
    modelTopology: {
      keras_version: '2.4.0',
      backend: 'tensor_flow.js',
      model_config: {
        class_name: 'Sequential',
        config: {
          name: 'tiny',
          layers: [
            {
              class_name: 'Dense',
              config: {
                name: 'dense',
                units: 3,
                activation: 'relu',
                use_bias: false,
                batch_input_shape: [null, 3],
                dtype: 'float32',
              },
            },
          ],
        },
      },
    },
    weightsManifest: weights('dense/kernel'),
  },
};

/** The code of the refusal, or 'converted'; anything but an AppError is thrown on. */
async function outcome(json: Uint8Array, shard: Uint8Array): Promise<string> {
  try {
    const opened = await convertModel(
      { path: 'm/model.json' },
      memoryFiles({ 'm/model.json': json, 'm/w.bin': shard }),
    );
    await modelBytes(opened.model);
    opened.close();
    return 'converted';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const ALLOWED = [
  'converted',
  'model.unreadable',
  'model.unsupported',
  'model.too-large',
  'file.not-found',
  'file.unreadable',
  'usage.wrong',
];

describe.each(Object.entries(MODELS))('a damaged model.json of %s', (_, model) => {
  const text = JSON.stringify(model);
  const whole = new TextEncoder().encode(text);
  const shard = new Uint8Array(Float32Array.from({ length: 9 }, (_each, i) => i - 4).buffer);

  it('is converted as it is', async () => {
    expect(await outcome(whole, shard)).toBe('converted');
  });

  it('is converted or refused after random flips', async () => {
    const random = seededRandom(FUZZ_SEED);
    const seen = new Set<string>();
    for (let i = 0; i < fuzzBudget(600); i++) {
      const damaged = whole.slice();
      for (let k = 1 + Math.floor(random() * 3); k > 0; k--)
        damaged[Math.floor(random() * damaged.length)] = 32 + Math.floor(random() * 96);
      seen.add(await outcome(damaged, shard));
    }
    expect(Array.from(seen).filter((each) => !ALLOWED.includes(each))).toEqual([]);
    expect(seen).toContain('model.unreadable');
  });

  it('is converted or refused when any of its values is another', async () => {
    const random = seededRandom(FUZZ_SEED);
    const odd = [null, -1, 2 ** 53, 1e308, '', '../x', true, [], {}, [[]], 'constructor', 0.5];
    // Every value's place in the text, as JSON writes it: after a colon, a comma or a bracket.
    const places = Array.from(text.matchAll(/(?<=[:[,])("[^"]*"|-?\d+|true|false|null)(?=[,\]}])/g));
    expect(places.length).toBeGreaterThan(10);
    const seen = new Set<string>();
    for (let i = 0; i < fuzzBudget(600); i++) {
      const place = places[Math.floor(random() * places.length)];
      const value = JSON.stringify(odd[Math.floor(random() * odd.length)]);
      const at = place?.index ?? 0;
      const damaged = `${text.slice(0, at)}${value}${text.slice(at + (place?.[0].length ?? 0))}`;
      seen.add(await outcome(new TextEncoder().encode(damaged), shard));
    }
    expect(Array.from(seen).filter((each) => !ALLOWED.includes(each))).toEqual([]);
    expect(seen.size).toBeGreaterThan(1);
  });
});
