import { describe, expect, it } from 'vitest';
import { customOperators } from '@main/services/convert/graph/foreign';
import { convertModel } from '@main/services/convert';
import { parseTflite } from '@main/services/convert/read/tflite';
import { SLOTS } from '@main/services/convert/schema';
import type { Node } from '@main/services/convert/write/flatbuffer';
import type { AppError } from '@shared/error/app-error';
import * as crafted from '@test/support/crafted-tflite';
import { memoryFiles } from '@test/support/memory-files';

const { craft, craftFile, FLOATS, floats, int32, int8, ints, list, longs, operator, tensor, text, uint32 } =
  crafted;

const messageOf = (bytes: Uint8Array): string => {
  try {
    parseTflite(bytes, 'it');
    return 'no error';
  } catch (error) {
    return `${(error as AppError).code}: ${(error as Error).message}`;
  }
};
const refused = (model: crafted.CraftedModel): string => messageOf(craftFile(model));

const bufferOf = (length: number): Node => craft(SLOTS.buffer, { data: crafted.bytes(length) });
const quantized = (fields: Parameters<typeof craft>[1], type = 9): Node =>
  tensor({
    shape: ints(2, 3),
    type: int8(type),
    name: text('weights'),
    quantization: craft(SLOTS.quantization, fields),
  });

describe('a hostile .tflite file', () => {
  it('that is sound is read', () => {
    expect(refused({})).toBe('no error');
  });

  it.each<[string, crafted.CraftedModel, RegExp]>([
    ['tensor index', { operators: [operator(ints(7), ints(1))] }, /operator 0 \(RELU\).*tensor 7 of 2/],
    ['negative tensor index', { operators: [operator(ints(0), ints(-1))] }, /operator 0.*tensor -1 of 2/],
    ['input index', { inputs: ints(5) }, /refers to tensor 5 of 2/],
    ['buffer index', { tensors: [FLOATS, tensor({ shape: ints(1), buffer: uint32(9) })] }, /buffer 9 of 1/],
    [
      'opcode index',
      { operators: [operator(ints(0), ints(1), { opcodeIndex: uint32(3) })] },
      /operator 0 has the code 3 of 1/,
    ],
    [
      'operator code',
      { codes: [craft(SLOTS.operatorCode, { builtinCode: int32(5000) })] },
      /operator code 0 is 5000/,
    ],
    [
      'a tensor that is computed twice',
      { operators: [operator(ints(0), ints(1)), operator(ints(0), ints(1))] },
      /operator 1 \(RELU\).*a second time/,
    ],
    [
      'a cycle',
      {
        tensors: [FLOATS, FLOATS, FLOATS],
        operators: [operator(ints(2), ints(1)), operator(ints(1), ints(2))],
      },
      /operator 0 \(RELU\).*nothing before it computes/,
    ],
    [
      'an operator that needs itself',
      { operators: [operator(ints(1), ints(1))] },
      /operator 0 \(RELU\).*nothing before/,
    ],
    [
      'an output that overwrites an input',
      { operators: [operator(ints(0), ints(0))] },
      /a constant or an input/,
    ],
    ['an output that nothing computes', { operators: [] }, /nothing computes the output/],
  ])('is refused for its %s, which is named', (_, model, message) => {
    expect(refused(model)).toMatch(message);
  });

  it.each<[string, Node, RegExp]>([
    ['too many elements', tensor({ shape: ints(2 ** 30, 2 ** 30, 2 ** 30) }), /too large/],
    ['a negative dimension', tensor({ shape: ints(1, -4) }), /has the shape \[1,-4\]/],
    [
      'a dynamic dimension below -1',
      tensor({ shape: ints(1, 4), shapeSignature: ints(-2, 4) }),
      /with dynamic dimensions/,
    ],
    [
      'a signature of another rank',
      tensor({ shape: ints(1, 4), shapeSignature: ints(-1) }),
      /with dynamic dimensions/,
    ],
    ['too little data', tensor({ shape: ints(1, 4), buffer: uint32(1) }), /8 bytes of data and needs 16/],
    ['an unknown type', tensor({ shape: ints(1, 4), type: int8(99) }), /unknown type 99/],
  ])('is refused for a tensor with %s', (_, bad, message) => {
    expect(refused({ tensors: [FLOATS, bad], buffers: [craft(SLOTS.buffer, {}), bufferOf(8)] })).toMatch(
      message,
    );
  });

  it.each<[string, Node, RegExp]>([
    ['a scale of 0', quantized({ scale: floats(0), zeroPoint: longs(0) }), /'weights' has the scale 0/],
    ['a scale of NaN', quantized({ scale: floats(NaN), zeroPoint: longs(0) }), /'weights' has the scale NaN/],
    [
      'an infinite scale',
      quantized({ scale: floats(Infinity), zeroPoint: longs(0) }),
      /has the scale Infinity/,
    ],
    ['a negative scale', quantized({ scale: floats(-1), zeroPoint: longs(0) }), /has the scale -1/],
    [
      'as many scales as no dimension has',
      quantized({ scale: floats(1, 1, 1), zeroPoint: longs(0, 0, 0) }),
      /3 scales for the 2 elements/,
    ],
    [
      'fewer zero points than scales',
      quantized({ scale: floats(1, 1), zeroPoint: longs(0) }),
      /2 scales and 1 zero points/,
    ],
    [
      'a quantized dimension that it has not',
      quantized({ scale: floats(1, 1), zeroPoint: longs(0, 0), axis: int32(2) }),
      /along dimension 2 of 2/,
    ],
    [
      'a zero point out of range',
      quantized({ scale: floats(1), zeroPoint: longs(200) }),
      /zero point 200, which no int8 holds/,
    ],
  ])('is refused for a tensor with %s', (_, bad, message) => {
    expect(refused({ tensors: [FLOATS, bad] })).toMatch(message);
  });

  it('with custom and Flex operators names them, and what they need', async () => {
    const custom = (name: string): Node =>
      craft(SLOTS.operatorCode, {
        deprecatedBuiltinCode: int8(32),
        customCode: text(name),
        builtinCode: int32(32),
      });
    const bytes = craftFile({
      tensors: [FLOATS, FLOATS, FLOATS],
      codes: [custom('FlexErf'), custom('TFLite_Detection_PostProcess')],
      operators: [operator(ints(0), ints(2)), operator(ints(2), ints(1), { opcodeIndex: uint32(1) })],
    });
    const model = parseTflite(bytes, 'it');
    expect(customOperators(model)).toEqual([
      { name: 'FlexErf', needs: 'flex delegate' },
      { name: 'TFLite_Detection_PostProcess', needs: 'custom kernel' },
    ]);
    const { notes } = await convertModel({ path: 'it' }, memoryFiles({ it: bytes }));
    expect(notes).toEqual([
      'Operator FlexErf needs a flex delegate, which plain TensorFlow Lite does not have.',
      'Operator TFLite_Detection_PostProcess needs a custom kernel, which plain TensorFlow Lite does not have.',
    ]);
  });

  it('with more than a million tables is refused', () => {
    const empty: Node = { kind: 'table', fields: [], key: 'empty' };
    const buffers = Array.from({ length: 1_000_001 }, () => empty);
    expect(refused({ buffers })).toMatch(/more than a million tables/);
  });

  it('with two tensors that share a huge list cannot make us copy it for each', () => {
    const shape: Node = { kind: 'numbers', type: 'int32', values: new Int32Array(200).fill(1) };
    const shared = Array.from({ length: 2000 }, () => tensor({ shape, name: text('n') }));
    expect(refused({ tensors: shared, operators: [], outputs: ints(0) })).toMatch(/200 dimensions|overlap/);
  });

  it('with field lists and offsets that lead outside is refused', () => {
    const sound = craftFile({});
    const view = new DataView(sound.buffer);
    const root = view.getUint32(0, true);
    const cases: [number, number][] = [
      [0, 0xfffffff0],
      [0, sound.length],
      [root, 0x7fffffff],
      [root, -(2 ** 31)],
      [root, 0],
    ];
    for (const [at, value] of cases) {
      const bytes = sound.slice();
      new DataView(bytes.buffer).setInt32(at, value | 0, true);
      expect(messageOf(bytes)).toMatch(/model\.unreadable: it is not a valid TFLite file: .* at byte \d+/);
    }
  });

  it('whose subgraph contains itself is refused', () => {
    const whileCode = craft(SLOTS.operatorCode, {
      deprecatedBuiltinCode: int8(119),
      builtinCode: int32(119),
    });
    const loop = operator(ints(0), ints(1), {
      optionsType: { kind: 'uint8', value: 93 },
      options: { kind: 'table', fields: [undefined, undefined] },
    });
    expect(refused({ codes: [whileCode], operators: [loop] })).toMatch(/contains itself/);
  });

  it('of another schema version, or without a subgraph, is refused', () => {
    expect(refused({ model: { version: uint32(2) } })).toMatch(/version 2 instead of 3/);
    expect(refused({ model: { subgraphs: list() } })).toMatch(/no subgraph/);
  });
});
