import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel } from '@main/services/convert';
import { AppError } from '@shared/error/app-error';
import { attr, FLOAT, floats, nodeParts } from '@test/support/crafted-saved-model';
import { memoryFiles } from '@test/support/memory-files';
import { joined, message, type Part } from '@test/support/protobuf';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';
import { temporaryFolder } from '@test/support/temporary-folder';

const type = { T: attr.type(FLOAT) };
const x = nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT), shape: attr.shape([1, 3]) });

const graph = (...nodes: Part[][]): string => {
  const path = join(temporaryFolder(), 'model.bin');
  writeFileSync(path, joined([x, ...nodes].map((parts) => message(1, ...parts))));
  return path;
};

describe("TensorFlow 1's frozen graph", () => {
  it('is converted from what has to be fed to what nothing uses or waits for', async () => {
    const path = graph(
      nodeParts('unused', 'Placeholder', [], { dtype: attr.type(FLOAT), shape: attr.shape([2]) }),
      nodeParts('w', 'Const', [], { value: floats([1, 2, 3]), dtype: attr.type(FLOAT) }),
      nodeParts('scores', 'Mul', ['x', 'w', '^waited'], type),
      nodeParts('waited', 'Neg', ['x'], type),
      nodeParts('probs', 'Softmax', ['scores'], type),
      nodeParts('init', 'NoOp', ['^scores']),
    );
    const { model, format, notes, close } = await convertModel({ path }, nodeModelFiles);
    close();
    expect(format).toBe('frozen-graph');
    expect(model.signatures[0]?.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(model.signatures[0]?.outputs.map(({ name }) => name)).toEqual(['probs']);
    expect(Array.from(model.graphs[0]?.ops ?? [], (op) => op.type)).toEqual(['MUL', 'SOFTMAX']);
    expect(notes).toEqual([expect.stringContaining("'probs'")]);
  });

  it('is converted or refused when it is damaged anywhere', async () => {
    const whole = readFileSync(
      graph(
        nodeParts('w', 'Const', [], { value: floats([1, 2, 3]), dtype: attr.type(FLOAT) }),
        nodeParts('y', 'Mul', ['x', 'w'], type),
      ),
    );
    const random = seededRandom(FUZZ_SEED);
    const strange: unknown[] = [];
    for (let i = 0; i < fuzzBudget(300); i++) {
      const bytes = Uint8Array.from(whole);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = Math.floor(random() * 256);
      const part = i % 2 === 0 ? bytes : bytes.subarray(0, at);
      const result = await convertModel({ path: 'm.pb' }, memoryFiles({ 'm.pb': part })).then(
        ({ close }) => close(),
        (error: unknown) => error,
      );
      if (result !== undefined && !(result instanceof AppError)) strange.push(result);
    }
    expect(strange).toEqual([]);
  });

  it('is refused when it is not frozen', async () => {
    const path = graph(
      nodeParts('w', 'VariableV2', [], { dtype: attr.type(FLOAT), shape: attr.shape([3]) }),
      nodeParts('y', 'Mul', ['x', 'w'], type),
    );
    await expect(convertModel({ path }, nodeModelFiles)).rejects.toMatchObject({
      code: 'model.unsupported',
      message: expect.stringContaining("its variable 'w'") as unknown,
    });
  });
});
