import { describe, expect, it } from 'vitest';
import { convertModel } from '@main/services/convert';
import { allGraphs } from '@main/services/convert/graph/subgraphs';
import { verifyModel } from '@main/services/convert/graph/verify';
import {
  attr,
  FLOAT,
  floats,
  nodeParts,
  savedModelBytes,
  type CraftedGraph,
} from '@test/support/crafted-saved-model';
import { memoryFiles } from '@test/support/memory-files';
import { int, message, type Part } from '@test/support/protobuf';

const BOOL = 10;
const T = { T: attr.type(FLOAT) };
const truth = (value: 0 | 1): Part => attr.tensor(int(1, BOOL), message(2), int(11, value));
const x = nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT), shape: attr.shape([1, 3]) });

/** Operators of each graph of the converted model, graphs joined by a slash. */
async function operators(nodes: readonly Part[][], output: string): Promise<string> {
  const graph: CraftedGraph = {
    nodes,
    inputs: { x: ['x:0', [1, 3]] },
    outputs: { y: [output, [1, 3]] },
  };
  const files = memoryFiles({ 'm/saved_model.pb': savedModelBytes(graph) });
  const { model, close } = await convertModel({ path: 'm' }, files);
  expect(verifyModel(model)).toEqual([]);
  close();
  return Array.from(allGraphs(model), (each) =>
    each
      .sorted()
      .map((op) => op.type)
      .join(' '),
  ).join(' / ');
}

/** A loop over x that goes on while the sum is below the limit, in TF 1's notation. */
const loop = (body: readonly Part[][], next: string): Part[][] => [
  x,
  nodeParts('limit', 'Const', [], { value: floats([9], []) }),
  nodeParts('axes', 'Const', [], {
    value: attr.tensor(int(1, 3), message(2, message(2, int(1, 2))), int(7, 0), int(7, 1)),
  }),
  nodeParts('enter', 'Enter', ['x'], { ...T, frame_name: attr.text('f') }),
  nodeParts('enter_limit', 'Enter', ['limit'], { ...T, frame_name: attr.text('f'), is_constant: int(5, 1) }),
  nodeParts('merge', 'Merge', ['enter', 'next'], T),
  nodeParts('sum', 'Sum', ['merge', 'axes'], T),
  nodeParts('less', 'Less', ['sum', 'enter_limit'], T),
  nodeParts('cond', 'LoopCond', ['less']),
  nodeParts('switch', 'Switch', ['merge', 'cond'], T),
  nodeParts('same', 'Identity', ['switch:1'], T),
  ...body,
  nodeParts('next', 'NextIteration', [next], T),
  nodeParts('exit', 'Exit', ['switch:0'], T),
];

const branches = (condition: string, value: string): Part[][] => [
  nodeParts('choice', 'Switch', [value, condition], T),
  nodeParts('negative', 'Neg', ['choice:0'], T),
  nodeParts('root', 'Sqrt', ['choice:1'], T),
  nodeParts('both', 'Merge', ['negative', 'root'], T),
];

describe("TF 1's control flow", () => {
  it('becomes WHILE for a frame', async () => {
    const body = [nodeParts('more', 'AddV2', ['same', 'same'], T)];
    expect(await operators(loop(body, 'more'), 'exit:0')).toBe('WHILE / SUM LESS / ADD');
  });

  it('becomes IF for Switch and Merge', async () => {
    const test = [
      nodeParts('zero', 'Const', [], { value: floats([0], []) }),
      nodeParts('axes', 'Const', [], {
        value: attr.tensor(int(1, 3), message(2, message(2, int(1, 2))), int(7, 0), int(7, 1)),
      }),
      nodeParts('sum', 'Sum', ['x', 'axes'], T),
      nodeParts('positive', 'Greater', ['sum', 'zero'], T),
    ];
    expect(await operators([x, ...test, ...branches('positive', 'x')], 'both:0')).toBe(
      'SUM GREATER IF / SQRT / NEG',
    );
  });

  it.each([
    [1, 'SQRT'],
    [0, 'NEG'],
  ] as const)('becomes the branch taken where the condition is %s', async (value, expected) => {
    const constant = nodeParts('training', 'Const', [], { value: truth(value) });
    expect(await operators([x, constant, ...branches('training', 'x')], 'both:0')).toBe(expected);
  });

  it('becomes IF in the body of WHILE', async () => {
    const body = [
      nodeParts('half', 'Const', [], { value: floats([0.5], []) }),
      nodeParts('inner_sum', 'Sum', ['same', 'axes'], T),
      nodeParts('small', 'Less', ['inner_sum', 'half'], T),
      ...branches('small', 'same'),
    ];
    expect(await operators(loop(body, 'both'), 'exit:0')).toMatch(
      /^WHILE \/ SUM LESS \/ SUM LESS IF \/ SQRT \/ NEG$/,
    );
  });

  it('is refused by name when it is no proper loop', async () => {
    const broken = loop([], 'same').filter((_, i) => i !== 8);
    await expect(operators(broken, 'exit:0')).rejects.toThrow(
      /loop 'f' of the model is not written as TensorFlow/,
    );
  });
});
