import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel } from '@main/services/convert';
import { constantNumbers } from '@main/services/convert/graph/constant';
import { readSavedModel } from '@main/services/convert/read/saved-model';
import { prepareSource } from '@main/services/convert/source/index';
import { AppError } from '@shared/error/app-error';
import {
  attr,
  FLOAT,
  nodeParts,
  RESOURCE,
  savedModelBytes,
  savedModelFiles,
  SCALES,
  scaleEntry,
  scaleModel,
  writeFiles,
  type CraftedGraph,
} from '@test/support/crafted-saved-model';
import { int, joined, message, text, varint } from '@test/support/protobuf';
import { temporaryFolder } from '@test/support/temporary-folder';

/** Converts what is in a folder as far as reading all of its weights; the AppError when that is refused. */
async function attempt(folder: string): Promise<AppError | number[][]> {
  try {
    const { model, close } = await convertModel({ path: folder }, nodeModelFiles);
    const weights = model.graphs.flatMap((graph) =>
      Array.from(graph.ops).flatMap((op) => op.inputs.map((input) => constantNumbers(input) ?? [])),
    );
    close();
    return weights.filter((each) => each.length > 0);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function refusal(folder: string): Promise<AppError> {
  const result = await attempt(folder);
  if (!(result instanceof AppError)) throw new Error('the model was not refused');
  return result;
}

const model = (files: Record<string, Uint8Array>): string => writeFiles(temporaryFolder(), files);

describe('a SavedModel', () => {
  it('is read with its functions written out and its variables frozen', async () => {
    const folder = model(savedModelFiles(scaleModel()));
    const source = readSavedModel(folder, nodeModelFiles);
    expect(source.signatures.map((signature) => signature.key)).toEqual(['serving_default']);
    expect(Array.from(source.variables.keys())).toEqual(['w']);
    const prepared = prepareSource(source);
    expect(Array.from(prepared.nodes.values(), (node) => node.op).sort()).toEqual([
      'Const',
      'Mul',
      'Placeholder',
    ]);
    expect(prepared.signatures[0]?.outputs[0]?.ref).toEqual({ node: 'mul', output: 0 });
    source.close();
    expect(await attempt(folder)).toEqual([SCALES]);
  });

  it('finds the values of variables of which only copies are stored', async () => {
    const scale = scaleModel();
    const type = { dtype: attr.type(FLOAT) };
    const [x, w, call, file] = scale.nodes;
    const nodes = [
      ...[x, w, call, file].filter((each) => each !== undefined),
      nodeParts('copy', 'VarHandleOp', [], { ...type, shape: attr.shape([3]) }),
      nodeParts('initial', 'ReadVariableOp', ['w'], type),
      nodeParts('assign', 'AssignVariableOp', ['copy', 'initial']),
      nodeParts('restore', 'StatefulPartitionedCall', ['file', 'copy'], { f: attr.fn('restoring') }),
    ];
    expect(await attempt(model(savedModelFiles({ ...scale, nodes })))).toEqual([SCALES]);
  });

  it('names the signatures it has when another one is asked for', () => {
    const source = readSavedModel(model(savedModelFiles(scaleModel())), nodeModelFiles);
    expect(() => prepareSource(source, 'other')).toThrow(/no signature 'other'; it has 'serving_default'/);
    source.close();
  });

  it('is refused when functions call each other in a circle', async () => {
    const graph = scaleModel();
    const inner = {
      ...graph.functions?.[0],
      name: 'inner',
      args: [['a', FLOAT] as const, ['handle', RESOURCE] as const],
      results: [['product', FLOAT, 'again:output:0'] as const],
      nodes: [nodeParts('again', 'StatefulPartitionedCall', ['a', 'handle'], { f: attr.fn('inner') })],
    };
    const error = await refusal(model(savedModelFiles({ ...graph, functions: [inner] })));
    expect(error.code).toBe('model.unsupported');
    expect(error.message).toMatch(/StatefulPartitionedCall.*'inner' from within itself/);
  });

  it('is converted in linear time however its functions are nested, or refused', async () => {
    // Each level calls the next twice: 2 to the 40th calls if they were all written out.
    const levels = Array.from({ length: 40 }, (_, i) => ({
      name: `f${i}`,
      args: [['a', FLOAT] as const],
      results: [['r', FLOAT, 'sum:z:0'] as const],
      nodes: [
        nodeParts('left', 'PartitionedCall', ['a'], { f: attr.fn(`f${i + 1}`) }),
        nodeParts('right', 'PartitionedCall', ['left:output:0'], { f: attr.fn(`f${i + 1}`) }),
        nodeParts('sum', 'AddV2', ['left:output:0', 'right:output:0']),
      ],
    }));
    const last = {
      name: 'f40',
      args: [['a', FLOAT] as const],
      results: [['r', FLOAT, 'neg:y:0'] as const],
      nodes: [nodeParts('neg', 'Neg', ['a'])],
    };
    const graph: CraftedGraph = {
      nodes: [
        nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT) }),
        nodeParts('call', 'PartitionedCall', ['x'], { f: attr.fn('f0') }),
      ],
      functions: [...levels, last],
      inputs: { x: ['x:0', [1, 3]] },
      outputs: { y: ['call:0', [1, 3]] },
    };
    const error = await refusal(model({ 'saved_model.pb': savedModelBytes(graph) }));
    expect(error.code).toBe('model.too-large');
  });
});

describe('a SavedModel whose protobuf is hostile', () => {
  const refused = async (content: Uint8Array): Promise<string> => {
    const error = await refusal(model({ 'saved_model.pb': content }));
    expect(error.code).toBe('model.unreadable');
    return error.message;
  };

  /** The node `x` with a last attribute of these bytes, in a file that is otherwise sound. */
  const withAttr = (value: Uint8Array): Uint8Array =>
    savedModelBytes({ ...scaleModel(), nodes: [nodeParts('x', 'Placeholder', [], { odd: value })] });

  it('is refused when attributes are nested 10,000 deep', async () => {
    // A function's attributes are attributes again. Written from the inside out, each level's head before what is inside.
    const core = attr.int(1);
    const heads: Uint8Array[] = [];
    let length = core.length;
    for (let i = 0; i < 10_000; i++) {
      const value = joined([text(1, 'a'), varint(2 * 8 + 2), varint(length)]);
      const pair = joined([text(1, 'f'), varint(2 * 8 + 2), varint(value.length + length), value]);
      const head = joined([varint(10 * 8 + 2), varint(pair.length + length), pair]);
      heads.push(head);
      length += head.length;
    }
    expect(await refused(withAttr(joined([...heads.reverse(), core])))).toMatch(/nested deeper than 100/);
  });

  it('is refused when a length goes beyond what is left', async () => {
    expect(await refused(withAttr(joined([varint(8 * 8 + 2), varint(1000)])))).toMatch(
      /a length of 1000 bytes goes beyond/,
    );
    expect(await refused(withAttr(joined([varint(8 * 8 + 2), varint(2 ** 31)])))).toMatch(
      /a length of 2147483648 bytes goes beyond/,
    );
  });

  it('is refused for group wire types, field 0 and numbers without end', async () => {
    expect(await refused(withAttr(varint(8 * 8 + 3)))).toMatch(/unknown wire type 3/);
    expect(await refused(withAttr(Uint8Array.of(0, 0)))).toMatch(/no valid number/);
    expect(await refused(withAttr(new Uint8Array(11).fill(0x88)))).toMatch(/more than ten bytes/);
  });

  it('is refused when a constant claims more elements than the file can hold', async () => {
    const claim = attr.tensor(
      int(1, FLOAT),
      message(2, ...[2 ** 20, 2 ** 20].map((dim) => message(2, int(1, dim)))),
      message(5, Uint8Array.of(0, 0, 128, 63)),
    );
    expect(await refused(withAttr(claim))).toMatch(/repeats one value over/);
  });
});

describe('a SavedModel whose variables are damaged', () => {
  it.each([
    [
      'lie outside of the shard',
      { ...scaleEntry(), offset: 1 },
      /variable 'w'.*bytes 1 to 13 of a shard of 12/,
    ],
    ['have a negative place', { ...scaleEntry(), offset: -4 }, /variable 'w'.*bytes -4/],
    ['have another checksum', { ...scaleEntry(), crc: 1 }, /variable 'w'.*checksum is wrong/],
    ['have another size', { ...scaleEntry(), size: 8 }, /variable 'w'.*does not fit its 8 bytes/],
    ['are in a shard that is not there', { ...scaleEntry(), shard: 7 }, /variable 'w'.*shard 7 of 1/],
  ])('is refused when they %s', async (_, entry, message) => {
    const error = await refusal(model(savedModelFiles(scaleModel(), { 'w/key': entry })));
    expect(error.code).toBe('model.unreadable');
    expect(error.message).toMatch(message);
  });

  it('is refused when a variable or its shard is missing', async () => {
    const missing = await refusal(model(savedModelFiles(scaleModel(), {})));
    expect(missing.message).toMatch(/variable 'w'.*has no 'w\/key'/);
    const folder = model(savedModelFiles(scaleModel()));
    rmSync(join(folder, 'variables/variables.data-00000-of-00001'));
    const noShard = await refusal(folder);
    expect(noShard.message).toMatch(/variable 'w'.*variables\.data-00000-of-00001/);
  });

  it('is refused when any byte of the index is another', async () => {
    const files = savedModelFiles(scaleModel());
    const index = files['variables/variables.index'] as Uint8Array;
    const folder = model(files);
    for (let at = 0; at < index.length; at++) {
      const damaged = index.slice();
      damaged[at] = (damaged[at] as number) ^ 0x40;
      writeFileSync(join(folder, 'variables/variables.index'), damaged);
      const result = await attempt(folder);
      // Bytes that nothing reads may be anything: the padding of the footer, and the block that is always empty.
      const outcome = result instanceof AppError ? result.code : result;
      expect(['model.unreadable', [SCALES]]).toContainEqual(outcome);
    }
  });
});

describe('a SavedModel that reaches for other things', () => {
  it.each(['PyFunc', 'ReadFile', 'WriteFile', 'EagerPyFunc', 'MapDefun'])(
    'is refused for %s, which is never run',
    async (op) => {
      const canary = join(temporaryFolder(), 'canary');
      const graph: CraftedGraph = {
        nodes: [
          nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT) }),
          nodeParts('name', 'Const', [], { value: attr.tensor(int(1, 7), text(8, canary)) }),
          nodeParts('odd', op, ['name', 'x'], { token: attr.text('pyfunc_0') }),
        ],
        inputs: { x: ['x:0', [1, 3]] },
        outputs: { y: ['odd:0', [1, 3]] },
      };
      const error = await refusal(model({ 'saved_model.pb': savedModelBytes(graph) }));
      expect(error.code).toBe('model.unsupported');
      expect(error.details['operators']).toEqual([op]);
      expect(error.message).toContain("'odd'");
      expect(existsSync(canary)).toBe(false);
    },
  );

  it('keeps a loop without end as a loop', async () => {
    const forever = (name: string, op: string, type: number): CraftedGraph['functions'] => [
      {
        name,
        args: [['a', FLOAT]],
        results: [['r', type, 'node:z:0']],
        nodes: [nodeParts('node', op, ['a', 'a'])],
      },
    ];
    const graph: CraftedGraph = {
      nodes: [
        nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT) }),
        nodeParts('loop', 'While', ['x'], { cond: attr.fn('always'), body: attr.fn('grow') }),
      ],
      functions: [
        ...(forever('grow', 'AddV2', FLOAT) ?? []),
        {
          name: 'always',
          args: [['a', FLOAT]],
          results: [['r', 10, 'yes:output:0']],
          nodes: [
            nodeParts('yes', 'Const', [], {
              value: attr.tensor(int(1, 10), message(2), int(11, 1)),
            }),
          ],
        },
      ],
      inputs: { x: ['x:0', [1, 3]] },
      outputs: { y: ['loop:0', [1, 3]] },
    };
    const folder = model({ 'saved_model.pb': savedModelBytes(graph) });
    const { model: converted, close } = await convertModel({ path: folder }, nodeModelFiles);
    expect(Array.from(converted.graphs[0]?.ops ?? [], (op) => op.type)).toEqual(['WHILE']);
    close();
  });

  it('reads nothing outside of its folder', async () => {
    const files = savedModelFiles(scaleModel());
    const shard = 'variables/variables.data-00000-of-00001';
    const outside = join(temporaryFolder(), 'canary');
    writeFileSync(outside, files[shard] as Uint8Array);
    const folder = model(files);
    rmSync(join(folder, shard));
    symlinkSync(outside, join(folder, shard));
    const error = await refusal(folder);
    expect(error.message).toMatch(/leads out of the model's folder/);
  });

  it('does not look at its assets, whatever their names are', async () => {
    const asset = message(6, message(1, text(1, 'x:0')), text(2, '../../etc/passwd'));
    const collection = savedModelBytes(scaleModel());
    const folder = model({ ...savedModelFiles(scaleModel()), 'saved_model.pb': joined([collection, asset]) });
    expect(await attempt(folder)).toEqual([SCALES]);
  });
});
