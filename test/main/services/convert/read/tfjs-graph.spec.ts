import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { allGraphs, convertModel } from '@main/services/convert';
import { constantNumbers } from '@main/services/convert/graph/constant';
import { readTfjsGraph } from '@main/services/convert/read/tfjs-graph';
import { AppError } from '@shared/error/app-error';
import { viewAs } from '@shared/model/dtype';
import { temporaryFolder } from '@test/support/temporary-folder';

type Weight = Readonly<Record<string, unknown>>;

const FLOATS: Weight = { name: 'w', shape: [3], dtype: 'float32' };
const VALUES = Float32Array.of(0.5, -2, 3);

/** A graph model y = x * w over these weights and shards. */
function write(
  weights: readonly Weight[],
  shards: Readonly<Record<string, Uint8Array>>,
  paths = Object.keys(shards),
) {
  const folder = temporaryFolder();
  const type = { type: 'DT_FLOAT' };
  const model = {
    format: 'graph-model',
    signature: {
      inputs: {
        'x:0': { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '1' }, { size: '3' }] } },
      },
      outputs: {
        y: { name: 'mul:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '1' }, { size: '3' }] } },
      },
    },
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: type } },
        { name: 'w', op: 'Const', attr: { dtype: type } },
        { name: 'mul', op: 'Mul', input: ['x', 'w', '^x'], attr: { T: type } },
      ],
    },
    weightsManifest: [{ paths, weights }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  for (const [name, bytes] of Object.entries(shards)) writeFileSync(join(folder, name), bytes);
  return join(folder, 'model.json');
}

const bytesOf = (array: Float32Array | Uint8Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The values of the weight `w`. */
function weight(path: string): number[] {
  const source = readTfjsGraph(path, nodeModelFiles);
  const value = source.nodes.get('w')?.attrs['value'];
  if (value?.kind !== 'tensor' || value.value.dtype !== 'float32') throw new Error('there is no weight');
  const values = Array.from(viewAs('float32', value.value.data.bytes()));
  source.close();
  return values;
}

function refusal(path: string): AppError {
  try {
    weight(path);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A model y = if c then (x, 2) else (x * w, w): constants of functions are stored under the function's name. */
function writeBranches(): string {
  const folder = temporaryFolder();
  const type = { type: 'DT_FLOAT' };
  const dims = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
  const port = (name: string, dtype = 'DT_FLOAT', shape = dims(-1)) => ({ name, dtype, tensorShape: shape });
  const branch = (name: string, nodeDef: readonly object[], ret: object) => ({
    signature: {
      name,
      inputArg: [{ name: 'a', ...type }],
      outputArg: [
        { name: 'r', ...type },
        { name: 's', ...type },
      ],
    },
    nodeDef,
    ret,
  });
  const model = {
    format: 'graph-model',
    signature: {
      inputs: { x: port('x:0'), c: port('c:0', 'DT_BOOL', dims()) },
      outputs: { y: port('if:0'), z: port('if:1', 'DT_FLOAT', dims()) },
    },
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: dims(-2) } } },
        { name: 'c', op: 'Placeholder', attr: { dtype: { type: 'DT_BOOL' }, shape: { shape: dims() } } },
        {
          name: 'if',
          op: 'StatelessIf',
          input: ['c', 'x'],
          attr: { then_branch: { func: { name: 'then' } }, else_branch: { func: { name: 'else' } } },
        },
      ],
      library: {
        function: [
          branch('then', [{ name: 'then/two', op: 'Const', attr: { dtype: type } }], {
            r: 'a',
            s: 'two:output:0',
          }),
          branch(
            'else',
            [
              { name: 'else/w', op: 'Const', attr: { dtype: type } },
              { name: 'mul', op: 'Mul', input: ['a', 'else/w:output:0'], attr: { T: type } },
            ],
            { r: 'mul:z:0', s: 'w:output:0' },
          ),
        ],
      },
    },
    weightsManifest: [
      {
        paths: ['w'],
        weights: ['then/two', 'else/w'].map((name) => ({ name, shape: [], dtype: 'float32' })),
      },
    ],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  writeFileSync(join(folder, 'w'), bytesOf(Float32Array.of(2, 3)));
  return join(folder, 'model.json');
}

describe('a TensorFlow.js graph model', () => {
  it('is read with weights that lie across shards', () => {
    const all = bytesOf(VALUES);
    expect(weight(write([FLOATS], { a: all.slice(0, 5), b: all.slice(5, 6), c: all.slice(6) }))).toEqual([
      0.5, -2, 3,
    ]);
  });

  it('finds the constants that its functions return, and takes any negative size as unknown', async () => {
    const { model, close } = await convertModel({ path: writeBranches() }, nodeModelFiles);
    const [graph] = model.graphs;
    expect(graph?.inputs.map(({ shape }) => shape)).toEqual([[], [-1]]);
    const branches = Array.from(allGraphs(model)).slice(1);
    expect(branches.map(({ outputs }) => constantNumbers(outputs[1]))).toEqual([[2], [3]]);
    close();
  });

  it.each([
    ['uint8', Uint8Array.of(0, 1, 255), { dtype: 'uint8', scale: 0.5, min: -1 }, [-1, -0.5, 126.5]],
    ['uint16', Uint16Array.of(0, 2, 65535), { dtype: 'uint16', scale: 0.25, min: 1 }, [1, 1.5, 16384.75]],
    // 1, the smallest subnormal, -infinity
    ['float16', Uint16Array.of(0x3c00, 1, 0xfc00), { dtype: 'float16' }, [1, 2 ** -24, -Infinity]],
  ])('has its weights unpacked from %s', (_, stored, quantization, values) => {
    expect(weight(write([{ ...FLOATS, quantization }], { a: bytesOf(stored) }))).toEqual(values);
  });

  it('is converted under the names of its signature', async () => {
    const path = write([FLOATS], { a: bytesOf(VALUES) });
    const { model, format, close } = await convertModel({ path }, nodeModelFiles);
    expect(format).toBe('tfjs-graph');
    expect(model.signatures[0]?.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(model.signatures[0]?.outputs.map(({ name }) => name)).toEqual(['y']);
    close();
  });
});

describe('a TensorFlow.js graph model that is hostile', () => {
  it.each([
    '../canary',
    '/etc/hostname',
    'http://localhost:1/a',
    'C:\\canary',
    'a\0b',
    '',
    '.',
    'x/../../canary',
    'file:a',
  ])('is refused for the shard %j', (path) => {
    const error = refusal(write([FLOATS], { a: bytesOf(VALUES) }, [path]));
    expect(error.message).toMatch(/no file in its own folder/);
  });

  it('is refused when a shard is a link out of the folder', () => {
    const canary = join(temporaryFolder(), 'canary');
    writeFileSync(canary, bytesOf(VALUES));
    const path = write([FLOATS], {}, ['a']);
    symlinkSync(canary, join(path, '..', 'a'));
    expect(refusal(path).message).toMatch(/leads out of the model's folder/);
  });

  it.each([
    ['shorter than the manifest', [FLOATS], 11, /needs bytes 0 to 12, but its shards have 11/],
    ['longer than the manifest', [FLOATS], 13, /have 13 bytes, but the manifest describes 12/],
    ['of another type', [{ ...FLOATS, dtype: 'float99' }], 12, /unknown type 'float99'/],
    ['of a negative shape', [{ ...FLOATS, shape: [-3] }], 12, /no usable shape/],
    ['of too many elements', [{ ...FLOATS, shape: [2 ** 40, 2 ** 40] }], 12, /no usable shape/],
    ['of 1 TB', [{ ...FLOATS, shape: [2 ** 38] }], 12, /its shards have 12/],
    [
      'listed twice',
      [
        { ...FLOATS, shape: [1] },
        { ...FLOATS, shape: [2] },
      ],
      12,
      /listed twice/,
    ],
    ['packed in an unknown way', [{ ...FLOATS, quantization: { dtype: 'int3' } }], 3, /packed as 'int3'/],
  ] as const)('is refused for a weight that is %s', (_, weights, size, message) => {
    const error = refusal(write(weights, { a: new Uint8Array(size) }));
    expect(error.code).toBe('model.unreadable');
    expect(error.message).toMatch(message);
  });

  it('is refused when a constant has no weight, or is named like a part of every object', () => {
    expect(refusal(write([{ ...FLOATS, name: 'other' }], { a: bytesOf(VALUES) })).message).toMatch(
      /constant 'w' has no weight/,
    );
    expect(refusal(write([{ ...FLOATS, name: '__proto__' }], { a: bytesOf(VALUES) })).message).toMatch(
      /constant 'w' has no weight/,
    );
    expect(Object.prototype).not.toHaveProperty('dtype');
  });
});
