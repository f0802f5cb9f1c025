import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { TfliteNodeRuntime } from '@main/platform/tflite-node/tflite-node-runtime';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { allGraphs, convertModel, readTflite, writeModel } from '@main/services/convert';
import { verifyModel } from '@main/services/convert/graph/verify';
import {
  attr,
  FLOAT,
  floats,
  INT32,
  nodeParts,
  RESOURCE,
  savedModelFiles,
  scaleModel,
  writeFiles,
  type CraftedFunction,
} from '@test/support/crafted-saved-model';
import { int, message, type Part } from '@test/support/protobuf';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { testLauncher } from '@test/support/worker-bundle';

const missing = prepareRunner();
const type = { T: attr.type(FLOAT) };
const BOOL = 10;
const dtype = { dtype: attr.type(FLOAT) };

const fn = (name: string, result: string, nodes: readonly Part[][]): CraftedFunction => ({
  name,
  args: [
    ['a', FLOAT],
    ['handle', RESOURCE],
  ],
  results: [['product', FLOAT, result]],
  nodes,
});

/** A model of one variable w = [0.5, -2, 3], whose function `inner(a, handle)` is these nodes. */
function stateful(result: string, nodes: readonly Part[][], others: readonly CraftedFunction[] = []): string {
  const model = scaleModel();
  const [, restoring] = model.functions ?? [];
  const functions = [fn('inner', result, nodes), ...(restoring ? [restoring] : []), ...others];
  return writeFiles(temporaryFolder(), savedModelFiles({ ...model, functions }));
}

/** Converts a model, checks it and what is written; its file and the operators of its main graph. */
async function convert(
  path: string,
): Promise<{ file: string; operators: string[]; notes: readonly string[] }> {
  const { model, notes, close } = await convertModel({ path }, nodeModelFiles);
  expect(verifyModel(model)).toEqual([]);
  const file = join(temporaryFolder(), 'model.tflite');
  await writeModel(model, file);
  close();
  const written = readTflite(file, nodeModelFiles);
  expect(verifyModel(written)).toEqual([]);
  const operators = Array.from(allGraphs(written)[0]?.ops ?? [], (op) => op.type);
  return { file, operators, notes };
}

/** Outputs `y` of calls that follow each other, in each runtime that there is. */
async function calls(file: string, inputs: readonly (readonly number[])[]): Promise<number[][][]> {
  const data = Float32Array.from(inputs.flat());
  const x = { dtype: 'float32' as const, shape: [inputs.length, 1, 3], data };
  const older = new TfliteNodeRuntime(await testLauncher(), appRoot);
  const results: number[][][] = [];
  for (const runtime of [new TfliteRunnerRuntime(new RunnerParts(appRoot)), older]) {
    if (runtime === older && (await older.unavailable()) !== undefined) continue;
    const { outputs } = await runtime.run({ modelPath: file, inputs: { x }, xnnpack: false });
    const values = Array.from((outputs['y']?.data ?? []) as ArrayLike<number>, Number);
    results.push(inputs.map((_, i) => values.slice(3 * i, 3 * i + 3)));
  }
  return results;
}

const ONES = [1, 1, 1];
const ints = (values: readonly number[]): Part =>
  attr.tensor(
    int(1, INT32),
    message(2, message(2, int(1, values.length))),
    ...values.map((value) => int(7, value)),
  );

describe.skipIf(missing)(`a model that keeps state${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('sees in each call what the one before left, and reads in the order of the program', async () => {
    const { file, operators, notes } = await convert(
      stateful('sum:z:0', [
        nodeParts('first', 'ReadVariableOp', ['handle'], dtype),
        nodeParts('add', 'AssignAddVariableOp', ['handle', 'a'], dtype),
        nodeParts('second', 'ReadVariableOp', ['handle', '^add'], dtype),
        nodeParts('ten', 'Const', [], { value: floats([10], []) }),
        nodeParts('scaled', 'Mul', ['second:value:0', 'ten:output:0'], type),
        nodeParts('sum', 'AddV2', ['first:value:0', 'scaled:z:0'], type),
        nodeParts('subtract', 'AssignSubVariableOp', ['handle', 'ten:output:0', '^second'], dtype),
      ]),
    );
    expect(operators.slice(0, 3)).toEqual(['CALL_ONCE', 'VAR_HANDLE', 'READ_VARIABLE']);
    expect(operators.at(-1)).toBe('ASSIGN_VARIABLE');
    expect(notes).toEqual([expect.stringContaining("keeps 'w' from one call to the next")]);
    // [0.5, -2, 3] grows by 1 - 10 in each call: w + 10 (w + 1).
    const expected = [0, 1, 2].map((call) => [0.5, -2, 3].map((w) => 11 * (w - 9 * call) + 10));
    for (const result of await calls(file, [ONES, ONES, ONES])) expect(result).toEqual(expected);
  });

  it('changes it within a branch', async () => {
    const branch = (name: string, op: string): CraftedFunction =>
      fn(name, 'copy:output:0', [
        nodeParts('change', op, ['handle', 'a'], dtype),
        nodeParts('copy', 'Identity', ['a'], type),
      ]);
    const path = stateful(
      'read:value:0',
      [
        nodeParts('zero', 'Const', [], { value: floats([0], []) }),
        nodeParts('begin', 'Const', [], { value: ints([0]) }),
        nodeParts('end', 'Const', [], { value: ints([1]) }),
        nodeParts('flat', 'Reshape', ['a', 'three:output:0'], type),
        nodeParts('three', 'Const', [], { value: ints([3]) }),
        nodeParts('one', 'Slice', ['flat:output:0', 'begin:output:0', 'end:output:0'], type),
        nodeParts('scalar', 'Squeeze', ['one:output:0'], type),
        nodeParts('positive', 'Greater', ['scalar:output:0', 'zero:output:0'], type),
        nodeParts('if', 'If', ['positive:z:0', 'flat:output:0', 'handle'], {
          then_branch: attr.fn('up'),
          else_branch: attr.fn('down'),
          Tout: attr.types([FLOAT]),
        }),
        nodeParts('read', 'ReadVariableOp', ['handle', '^if'], dtype),
      ],
      [branch('up', 'AssignAddVariableOp'), branch('down', 'AssignVariableOp')],
    );
    const { file } = await convert(path);
    const results = await calls(file, [ONES, ONES, [-1, 2, 3], ONES]);
    for (const result of results)
      expect(result).toEqual([
        [1.5, -1, 4],
        [2.5, 0, 5],
        [-1, 2, 3],
        [0, 3, 4],
      ]);
  });

  it('changes it in a graph without functions, where outputs only wait for that', async () => {
    const model = scaleModel();
    const [x, w, , file, restore] = model.nodes;
    const nodes = [
      ...[x, w, file, restore].filter((each) => each !== undefined),
      nodeParts('read', 'ReadVariableOp', ['w'], dtype),
      nodeParts('mul', 'Mul', ['x', 'read'], type),
      nodeParts('add', 'AssignAddVariableOp', ['w', 'x', '^read'], dtype),
      nodeParts('both', 'NoOp', ['^add']),
      nodeParts('y', 'Identity', ['mul', '^both'], type),
    ];
    const outputs = { y: ['y:0', [1, 3]] as const };
    const folder = writeFiles(temporaryFolder(), savedModelFiles({ ...model, nodes, outputs }));
    const { file: written } = await convert(folder);
    for (const result of await calls(written, [ONES, ONES]))
      expect(result).toEqual([
        [0.5, -2, 3],
        [1.5, -1, 4],
      ]);
  });

  it("is refused with TensorFlow 1's reference variables, which change in no certain order", async () => {
    const model = scaleModel();
    const nodes = [
      ...model.nodes.slice(0, 1),
      nodeParts('v', 'VariableV2', [], { ...dtype, shape: attr.shape([3]) }),
      nodeParts('add', 'AssignAdd', ['v', 'x'], type),
      nodeParts('mul', 'Mul', ['x', 'x'], type),
      nodeParts('y', 'Identity', ['mul', '^add'], type),
    ];
    const outputs = { y: ['y:0', [1, 3]] as const };
    const { restoreOp: _, ...rest } = model;
    const folder = writeFiles(temporaryFolder(), savedModelFiles({ ...rest, nodes, outputs }));
    await expect(convert(folder)).rejects.toMatchObject({
      code: 'model.unsupported',
      message: expect.stringContaining("changes its variable 'v' when it runs ('add', AssignAdd)") as unknown,
    });
  });

  it('is none when only the branch that is not taken changes it', async () => {
    const path = stateful(
      'read:value:0',
      [
        nodeParts('training', 'Const', [], { value: attr.tensor(int(1, BOOL), message(2), int(11, 0)) }),
        nodeParts('if', 'If', ['training:output:0', 'a', 'handle'], {
          then_branch: attr.fn('train'),
          else_branch: attr.fn('infer'),
          Tout: attr.types([FLOAT]),
        }),
        nodeParts('read', 'ReadVariableOp', ['handle', '^if'], dtype),
      ],
      [
        fn('train', 'a', [nodeParts('change', 'AssignVariableOp', ['handle', 'a'], dtype)]),
        fn('infer', 'a', []),
      ],
    );
    expect((await convert(path)).operators).toEqual([]);
  });

  it('leaves out what no output depends on, in no call', async () => {
    const { operators } = await convert(
      stateful('double:z:0', [
        nodeParts('read', 'ReadVariableOp', ['handle'], dtype),
        nodeParts('sum', 'AddV2', ['read:value:0', 'a'], type),
        nodeParts('assign', 'AssignVariableOp', ['handle', 'sum:z:0'], dtype),
        nodeParts('double', 'AddV2', ['a', 'a'], type),
      ]),
    );
    expect(operators).toEqual(['ADD']);
  });

  it('is refused where it changes a part in a way that TensorFlow Lite has not', async () => {
    const path = stateful('read:value:0', [
      nodeParts('slice', 'ResourceStridedSliceAssign', ['handle', 'a', 'a', 'a', 'a'], dtype),
      nodeParts('read', 'ReadVariableOp', ['handle', '^slice'], dtype),
    ]);
    await expect(convert(path)).rejects.toMatchObject({
      code: 'model.unsupported',
      message: expect.stringContaining("'slice' (ResourceStridedSliceAssign)") as unknown,
    });
  });
});
