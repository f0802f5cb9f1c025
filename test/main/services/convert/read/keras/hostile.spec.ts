import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { memorySource } from '@main/services/convert/read/byte-source';
import { readKerasHdf5 } from '@main/services/convert/read/keras-h5';
import { readKerasArchive } from '@main/services/convert/read/keras-v3';
import { readTfjsLayers } from '@main/services/convert/read/tfjs-layers';
import type { SourceGraph } from '@main/services/convert/source';
import { viewAs } from '@shared/model/dtype';
import { isAppError } from '@shared/error/app-error';
import { group } from '@test/support/hdf5-writer';
import { bias, denseConfig, denseH5, denseKeras, kernel } from '@test/support/keras-files';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';
import { temporaryFolder } from '@test/support/temporary-folder';
import { zipFile, type ZipItem } from '@test/support/zip-writer';

const fromKeras = (bytes: Uint8Array): SourceGraph => readKerasArchive(memorySource(bytes, 'm.keras'));
const fromH5 = (bytes: Uint8Array): SourceGraph => readKerasHdf5(memorySource(bytes, 'm.h5'));
const empty = new Uint8Array(4);

/** All constants of a graph, read now. */
function constants(graph: SourceGraph): number[][] {
  return Array.from(graph.nodes.values()).flatMap((node) => {
    const value = node.attrs['value'];
    if (value?.kind !== 'tensor' || value.value.dtype !== 'float32') return [];
    return [Array.from(viewAs('float32', value.value.data.bytes()))];
  });
}

describe('a small Keras model', () => {
  const weights = [
    [1, 2, 3, 4, 5, 6],
    [0.5, -0.5],
  ];

  it('is read from .h5', () => {
    expect(constants(fromH5(denseH5()))).toEqual(weights);
  });

  it.each([false, true])('is read from .keras (weights compressed: %s)', (deflate) => {
    expect(constants(fromKeras(denseKeras({ deflate })))).toEqual(weights);
  });
});

describe('hostile .keras archives', () => {
  const cases: [string, ZipItem, RegExp][] = [
    ['a name that leads up', { name: '../../x', data: empty }, /"\.\.\/\.\.\/x" leads out/],
    ['a name that leads up on Windows', { name: 'a\\..\\..\\x', data: empty }, /leads out/],
    ['an absolute name', { name: '/etc/cron.d/x', data: empty }, /leads out/],
    ['a drive letter', { name: 'C:\\x', data: empty }, /leads out/],
    ['a NUL in a name', { name: 'config.json\0.txt', data: empty }, /leads out/],
    ['a symbolic link', { name: 'assets/x', data: empty, mode: 0o120777 }, /'assets\/x' is a link/],
    ['a name that comes twice', { name: 'config.json', data: empty }, /two entries named 'config.json'/],
    [
      'names that differ in case only',
      { name: 'CONFIG.json', data: empty },
      /two entries named 'CONFIG.json'/,
    ],
    [
      'a declared size beyond the limit',
      { name: 'x', data: empty, deflate: true, declaredSize: 2 ** 32 - 2 },
      /refused/,
    ],
    ['a ratio of a bomb', { name: 'x', data: empty, deflate: true, declaredSize: 2 ** 29 }, /ZIP bomb/],
  ];

  it.each(cases)('%s is refused', (_, item, message) => {
    expect(() => fromKeras(denseKeras({ extra: [item] }))).toThrow(message);
  });

  it('an entry that unpacks to more than it says is stopped there', () => {
    const files = [{ name: 'config.json', data: new Uint8Array(2 ** 24), deflate: true, declaredSize: 1000 }];
    const before = process.memoryUsage().rss;
    expect(() => fromKeras(zipFile(files))).toThrow(/larger than it says/);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });
});

describe('hostile configurations', () => {
  const layer = (class_name: string, config: object, module = 'keras.layers') => ({
    module,
    class_name,
    config: { name: `bad_${class_name.toLowerCase()}`, trainable: true, ...config },
  });
  const evil = [
    layer('Lambda', { function: { class_name: '__lambda__', config: { code: '4wEAAAAAAAAA' } } }),
    layer('TFSMLayer', { filepath: '/etc' }),
    layer('StringLookup', { vocabulary: '/etc/passwd' }),
    layer('system', {}, 'os'),
    layer('Dense', { units: 2 }, 'evil.module'),
  ];

  it('names every layer that holds code or reaches outside, and runs none', () => {
    const canary = join(temporaryFolder(), 'canary');
    const config = denseConfig([
      ...evil,
      layer('system', { command: `touch ${canary}`, name: 'again' }, 'os'),
    ]);
    for (const read of [() => fromKeras(denseKeras({ config })), () => fromH5(denseH5(undefined, config))]) {
      expect(read).toThrow(/6 unsupported layers/);
      for (const name of ['Lambda', 'TFSMLayer', 'StringLookup', "system 'bad_system'", "'evil.module'"])
        expect(read).toThrow(name);
      expect(read).toThrow(/layer 3 of 8 of 'tiny'/);
    }
    expect(existsSync(canary)).toBe(false);
  });

  it('names a model of a class of its own', () => {
    const read = (): SourceGraph =>
      fromKeras(denseKeras({ config: { class_name: 'MyModel', module: 'me', config: {} } }));
    expect(read).toThrow(/MyModel/);
  });

  it('refuses cycles, missing layers and calls that do not exist', () => {
    const node = (name: string, from: string, call = 0): object => ({
      class_name: 'Activation',
      name,
      config: { name, activation: 'relu' },
      inbound_nodes: [[[from, call, 0, {}]]],
    });
    const functional = (layers: object[], output: string): Record<string, unknown> => ({
      class_name: 'Functional',
      config: {
        name: 'f',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { batch_input_shape: [null, 3], name: 'x' },
            inbound_nodes: [],
          },
          ...layers,
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [[output, 0, 0]],
      },
    });
    const read = (config: Record<string, unknown>) => (): SourceGraph => fromH5(denseH5(undefined, config));
    expect(read(functional([node('a', 'b'), node('b', 'a')], 'a'))).toThrow(/depends on itself/);
    expect(read(functional([node('a', 'nowhere')], 'a'))).toThrow(/'nowhere'/);
    expect(read(functional([node('a', 'x'), node('b', 'a', 3)], 'b'))).toThrow(/call 3 of 1/);
    expect(read(functional([node('a', 'x'), node('a', 'x')], 'a'))).toThrow(/same name/);
  });

  it('says which variable is missing or does not fit', () => {
    expect(() => fromH5(denseH5(group({ 'kernel:0': kernel })))).toThrow(/'d\/d\/bias:0' is missing/);
    expect(() => fromH5(denseH5(group({ 'kernel:0': bias, 'bias:0': bias })))).toThrow(/does not fit/);
  });
});

describe('hostile TensorFlow.js layers models', () => {
  const manifest = (path: string) => [
    {
      paths: [path],
      weights: [
        { name: 'd/kernel', shape: [3, 2], dtype: 'float32' },
        { name: 'd/bias', shape: [2], dtype: 'float32' },
      ],
    },
  ];

  function model(json: string, shardBytes = 32): () => SourceGraph {
    const outside = temporaryFolder();
    const folder = join(outside, 'model');
    mkdirSync(folder);
    writeFileSync(join(outside, 'shard.bin'), new Uint8Array(32));
    writeFileSync(join(folder, 'shard.bin'), new Uint8Array(shardBytes));
    writeFileSync(join(folder, 'model.json'), json);
    return () => readTfjsLayers(join(folder, 'model.json'), nodeModelFiles);
  }
  const text = (path: string): string =>
    JSON.stringify({
      format: 'layers-model',
      modelTopology: { model_config: denseConfig() },
      weightsManifest: manifest(path),
    });

  it('a good one is read', () => {
    const graph = model(text('shard.bin'))();
    expect(constants(graph)).toHaveLength(2);
    graph.close();
  });

  it.each(['../shard.bin', '/etc/passwd', 'http://127.0.0.1:1/shard.bin', 'C:\\shard.bin'])(
    'shard %s is refused',
    (path) => {
      expect(model(text(path))).toThrow(/./);
    },
  );

  it.each([31, 33])('a shard of %i bytes where 32 are described is refused', (bytes) => {
    expect(model(text('shard.bin'), bytes)).toThrow(/shards have/);
  });

  it('NaN, deep nesting and __proto__ are refused, and no prototype changes', () => {
    const good = text('shard.bin');
    expect(model(good.replace('"units":2', '"units":NaN'))).toThrow(/not valid JSON/);
    expect(model(good.replace('"units":2', `"units":${'['.repeat(1000)}${']'.repeat(1000)}`))).toThrow(
      /nested deeper/,
    );
    expect(model(good.replace('"units":2', '"__proto__":{"polluted":true},"units":2'))).toThrow(/__proto__/);
    expect('polluted' in {}).toBe(false);
  });
});

describe('fuzzed files', () => {
  const attempt = (read: () => SourceGraph): string => {
    try {
      constants(read());
      return 'read';
    } catch (error) {
      return isAppError(error) ? 'refused' : `${String(error)} ${error instanceof Error ? error.stack : ''}`;
    }
  };

  const files: [string, Uint8Array, (bytes: Uint8Array) => SourceGraph][] = [
    ['.h5', denseH5(), fromH5],
    ['.keras', denseKeras(), fromKeras],
    ['compressed .keras', denseKeras({ deflate: true }), fromKeras],
  ];

  it.each(files)('%s with flipped bytes is read or refused, never anything else', (_, file, read) => {
    const next = seededRandom(FUZZ_SEED);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < fuzzBudget(600); i++) {
      const damaged = file.slice();
      for (let n = 1 + Math.floor(next() * 4); n > 0; n--)
        damaged[Math.floor(next() * file.length)] = Math.floor(next() * 256);
      const outcome = attempt(() => read(damaged));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(
      Array.from(outcomes.keys()).filter((outcome) => outcome !== 'read' && outcome !== 'refused'),
    ).toEqual([]);
    expect(outcomes.get('refused')).toBeGreaterThan(0);
  });

  it.each(files)('%s cut off anywhere is refused', (_, file, read) => {
    const outcomes = new Set<string>();
    for (let size = 0; size < file.length; size += 7) outcomes.add(attempt(() => read(file.slice(0, size))));
    // Whole values may already lie in front of the cut; everything else is refused.
    expect(Array.from(outcomes).filter((outcome) => outcome !== 'read')).toEqual(['refused']);
  });
});
