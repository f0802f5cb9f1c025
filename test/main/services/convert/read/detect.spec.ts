import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { detectModel } from '@main/services/convert/read/detect';
import { modelBytes } from '@main/services/convert/write';
import { AppError } from '@shared/error/app-error';
import { savedModelFiles, scaleModel, writeFiles } from '@test/support/crafted-saved-model';
import { Golden, goldenFolder } from '@test/support/golden';
import { temporaryFolder } from '@test/support/temporary-folder';
import { tinyModel } from '@test/support/tiny-model';

const detect = (path: string) => detectModel(path, nodeModelFiles);

function refusal(path: string): AppError {
  try {
    detect(path);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
};

describe('the format of a model', () => {
  it('is found out from the content, whatever the name is', async () => {
    const folder = writeFiles(temporaryFolder(), savedModelFiles(scaleModel()));
    expect(detect(folder)).toEqual({ format: 'saved-model', path: folder });
    expect(detect(join(folder, 'saved_model.pb'))).toEqual({ format: 'saved-model', path: folder });
    expect(detect(file('picture.png', await modelBytes(tinyModel()))).format).toBe('tflite');
    const hdf5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0);
    expect(detect(file('model.tflite', hdf5)).format).toBe('keras-h5');
    expect(detect(file('a.h5', '{"format": "layers-model"}')).format).toBe('tfjs-layers');
    expect(detect(file('a', '{"modelTopology": {"node": []}}')).format).toBe('tfjs-graph');
    expect(detect(file('a', '\uFEFF {"modelTopology": {"class_name": "Model"}}')).format).toBe('tfjs-layers');
  });

  it('of a folder is that of the model in it', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'model.json'), '{"format": "graph-model"}');
    expect(detect(folder)).toEqual({ format: 'tfjs-graph', path: join(folder, 'model.json') });
  });

  it.skipIf(goldenFolder === undefined)('is right for every golden model (needs the golden models)', () => {
    const formats: Record<string, string> = {
      saved_model: 'saved-model',
      saved_model_keras2: 'saved-model',
      keras: 'keras-v3',
      keras_keras2: 'keras-v3',
      h5_keras2: 'keras-h5',
      h5_keras3: 'keras-h5',
      tfjs_layers: 'tfjs-layers',
      tfjs_graph: 'tfjs-graph',
    };
    const index = JSON.parse(readFileSync(join(goldenFolder ?? '', 'index.json'), 'utf8')) as {
      models: { dir: string }[];
    };
    let seen = 0;
    for (const { dir } of index.models) {
      const golden = new Golden(dir);
      for (const [source, path] of Object.entries(golden.doc.sources)) {
        expect([path, detect(golden.path(path)).format]).toEqual([path, formats[source]]);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(300);
  });
});

describe('what is not a model', () => {
  it.each([
    ['an empty file', ''],
    ['one byte', 'T'],
    ['text', 'Hello, this is not a model at all.\n'],
    ['zeros', new Uint8Array(100_000)],
    ['a ZIP of other things', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0)],
    ['JSON of something else', '{"name": "package", "version": "1.0.0"}'],
    ['JSON with NaN', '{"format": "graph-model", "x": NaN}'],
    ['JSON with a key __proto__', '{"format": "graph-model", "__proto__": {"polluted": 1}}'],
    ['JSON nested 300 deep', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`],
  ])('is refused: %s', (_, content) => {
    expect(refusal(file('model.bin', content)).code).toBe('model.unreadable');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it.each([
    ['ZIP', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(600)])],
    ['gzip', Buffer.concat([Buffer.of(0x1f, 0x8b, 8), Buffer.alloc(600)])],
    ['tar', Buffer.concat([Buffer.alloc(257, 97), Buffer.from('ustar'), Buffer.alloc(600)])],
  ])('is said to be packed: %s', (_, content) => {
    expect(refusal(file('model.pb', content)).message).toMatch(/it is an archive; unpack it/);
  });

  it('is refused: an empty folder, a path that is not there', () => {
    const folder = temporaryFolder();
    expect(refusal(folder).message).toMatch(/neither saved_model\.pb nor model\.json/);
    expect(refusal(join(folder, 'nothing')).code).toBe('file.not-found');
  });

  it.skipIf(process.platform === 'win32')(
    'is refused without being opened: pipes and endless files (POSIX)',
    () => {
      const pipe = join(temporaryFolder(), 'model.keras');
      execFileSync('mkfifo', [pipe]);
      expect(refusal(pipe).message).toMatch(/neither a file nor a folder/);
      expect(refusal('/dev/zero').message).toMatch(/neither a file nor a folder/);
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'sub'));
      execFileSync('mkfifo', [join(folder, 'saved_model.pb')]);
      expect(refusal(folder).code).toBe('model.unreadable');
    },
  );
});
