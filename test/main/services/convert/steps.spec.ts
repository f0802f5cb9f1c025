import { describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel } from '@main/services/convert';
import { constantValue } from '@main/services/convert/graph/constant';
import type { ConstantData } from '@main/services/convert/graph/ir';
import { finish, STEP_BYTES, stepsOf } from '@main/services/convert/graph/steps';
import { permutedConstant, transposedConstant } from '@main/services/convert/ops/kit/lazy-constant';
import { SavedModelWriter } from '@test/support/saved-model-writer';
import { sparseDense } from '@test/support/sparse-dense';
import { temporaryFolder } from '@test/support/temporary-folder';

const ROWS = 3001;
const COLUMNS = 2503;
/** Four bytes each, and more than three steps of them. */
const weight = (index: number): number => index % 65_521;

function pauses(data: ConstantData): number {
  const steps = stepsOf(data);
  let count = 0;
  while (!steps.next().done) count++;
  return count;
}

async function largestConstant(path: string): Promise<ConstantData> {
  const { model } = await convertModel({ path }, nodeModelFiles);
  const constants = model.graphs.flatMap((graph) =>
    Array.from(graph.ops, (op) => op.inputs.map((input) => input?.constant)).flat(),
  );
  const sorted = constants.filter((data) => data !== undefined).sort((a, b) => b.byteLength - a.byteLength);
  if (!sorted[0]) throw new Error('the model has no constants');
  return sorted[0];
}

describe('a large constant is worked on in steps', () => {
  const pieces = Math.floor((4 * ROWS * COLUMNS) / STEP_BYTES);

  it('from a checkpoint, its checksum included, and turned', async () => {
    const folder = temporaryFolder();
    const writer = new SavedModelWriter([1, ROWS]);
    const kernel = writer.variable('w', [ROWS, COLUMNS], weight);
    writer.write(folder, writer.matmul('y', 'x', kernel));
    const data = await largestConstant(folder);
    // Read once, turned once.
    expect(pauses(data)).toBeGreaterThanOrEqual(2 * pieces);
    const turned = new Float32Array(data.bytes().buffer);
    expect(turned.length).toBe(ROWS * COLUMNS);
    for (const [row, column] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [ROWS - 1, COLUMNS - 1],
      [1234, 2345],
      [2999, 7],
    ] as const)
      expect(turned[column * ROWS + row]).toBe(weight(row * COLUMNS + column));
  }, 60_000);

  it('from the shards of a TensorFlow.js model', async () => {
    const data = await largestConstant(sparseDense(ROWS, COLUMNS));
    expect(pauses(data)).toBeGreaterThanOrEqual(2 * pieces);
    expect(Buffer.alloc(data.byteLength).equals(data.bytes())).toBe(true);
  }, 60_000);

  it('when its axes change places', () => {
    const shape = [3, 500, 751, 3];
    const all = new Float32Array(3 * 500 * 751 * 3);
    for (let i = 0; i < all.length; i++) all[i] = weight(i);
    const value = constantValue('w', { dtype: 'float32', shape, data: all });
    const permuted = permutedConstant(value, [2, 0, 3, 1]).constant as ConstantData;
    expect(pauses(permuted)).toBeGreaterThan(0);
    const moved = new Float32Array(finish(stepsOf(permuted)).buffer);
    for (const [a, b, c, d] of [
      [0, 0, 0, 0],
      [2, 499, 750, 2],
      [1, 17, 700, 2],
    ] as const)
      expect(moved[((c * 3 + a) * 3 + d) * 500 + b]).toBe(all[((a * 500 + b) * 751 + c) * 3 + d]);
  }, 60_000);

  it('keeps every bit of what is no number', () => {
    const bits = Uint32Array.of(0x7f80_0001, 0xffc1_2345, 0x8000_0000, 1, 0x7fc0_0000, 0xffff_ffff);
    const value = constantValue('w', {
      dtype: 'float32',
      shape: [2, 3],
      data: new Float32Array(bits.buffer),
    });
    const turned = transposedConstant(value, 2, 3, [3, 2]).constant as ConstantData;
    const bytes = turned.bytes();
    expect([...new Uint32Array(bytes.buffer, bytes.byteOffset, 6)]).toEqual(
      [0, 3, 1, 4, 2, 5].map((i) => bits[i]),
    );
  });
});
