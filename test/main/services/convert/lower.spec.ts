import { describe, expect, it } from 'vitest';
import { printModel } from '@main/services/convert/graph/print';
import { verifyModel } from '@main/services/convert/graph/verify';
import { lower } from '@main/services/convert/lower';
import { Pace } from '@main/services/convert/pace';
import type { SourceNode } from '@main/services/convert/source';
import { floatConst, node, port, sourceGraph } from '@test/support/source-graph';

const X = node('x', 'Placeholder');
const RELU = node('y', 'Relu', ['x']);

describe('lowering', () => {
  it('keeps a dynamic batch, and names inputs and outputs as the signature does', async () => {
    const model = await lower(sourceGraph({ list: [X, RELU] }));
    expect(verifyModel(model)).toEqual([]);
    expect(printModel(model)).toBe(
      'signature serving_default: main(x) -> out\n\n' +
        'graph main(%0: float32[?,4])\n  %1: float32[?,4] = RELU(%0)\n  return %1\n',
    );
  });

  it('fixes shapes as the user says', async () => {
    const model = await lower(sourceGraph({ list: [X, RELU] }), { shapes: { x: [7, 4] } });
    expect(model.signatures[0]?.outputs[0]?.value.shape).toEqual([7, 4]);
  });

  it.each<[string, Record<string, number[]>, RegExp]>([
    ['another rank', { x: [4] }, /input 'x' has the shape \[\?, 4\]; \[4\] does not fit/],
    ['another size', { x: [1, 5] }, /\[1, 5\] does not fit/],
    ['a size of 0', { x: [0, 4] }, /\[0, 4\] does not fit/],
    ['no input', { z: [1] }, /'z', which is no input of the model; its inputs are x/],
  ])('refuses a shape of %s', async (_, shapes, message) => {
    await expect(lower(sourceGraph({ list: [X, RELU] }), { shapes })).rejects.toMatchObject({
      code: 'usage.wrong',
      message: expect.stringMatching(message) as string,
    });
  });

  it('asks for the shape of an input of unknown rank', async () => {
    const source = sourceGraph({
      list: [X, RELU],
      signatures: [
        { key: 'serving_default', inputs: [port('x', undefined)], outputs: [port('out', undefined, 'y')] },
      ],
    });
    await expect(lower(source)).rejects.toThrow(/--shape x=/);
    await expect(lower(source, { shapes: { x: [2, 2] } })).resolves.toBeDefined();
  });

  it('names every operator that cannot be converted, with its node and place, in one error', async () => {
    const list: SourceNode[] = [
      X,
      node('first', 'MadeUpOp', ['x']),
      node('hidden', 'Relu', ['first']),
      node('second', 'PyFunc', ['hidden']),
      node('third', 'MadeUpOp', ['x']),
      node('y', 'AddV2', ['second', 'third']),
    ];
    await expect(lower(sourceGraph({ list }))).rejects.toMatchObject({
      code: 'model.unsupported',
      message: expect.stringMatching(
        /3 operators.*MadeUpOp 'first' \(node 2 of 6\).*PyFunc 'second' \(node 4 of 6\).*MadeUpOp 'third' \(node 5 of 6\)/,
      ) as string,
      details: { operators: ['MadeUpOp', 'PyFunc'] },
    });
  });

  it('refuses what is fed by nothing, needs itself, or refers to nothing', async () => {
    const messageOf = (list: readonly SourceNode[]): Promise<string> =>
      lower(sourceGraph({ list })).then(
        () => 'no error',
        (error: unknown) => (error as Error).message,
      );
    expect(await messageOf([X, node('z', 'Placeholder'), node('y', 'AddV2', ['x', 'z'])])).toMatch(
      /Placeholder 'z'.*nothing feeds it/,
    );
    expect(await messageOf([X, node('a', 'AddV2', ['y', 'x']), node('y', 'Relu', ['a'])])).toMatch(
      /needs its own result/,
    );
    expect(await messageOf([X, node('y', 'Relu', ['gone'])])).toMatch(/operand 'gone:0' is not in the graph/);
    expect(await messageOf([X])).toMatch(/'y'.*not in the graph/);
  });

  it('computes what only needs constants', async () => {
    const list = [
      X,
      floatConst('a', [4], [1, 2, 3, 4]),
      floatConst('b', [4], [10, 20, 30, 40]),
      node('sum', 'AddV2', ['a', 'b']),
      node('y', 'Mul', ['x', 'sum']),
    ];
    const model = await lower(sourceGraph({ list }));
    expect(printModel(model)).toContain('MUL(%0, float32[4]{11 22 33 44})');
  });

  it('converts all signatures into graphs of their own, the default one first, or the one asked for', async () => {
    const list = [X, RELU, node('n', 'Neg', ['x'])];
    const signature = (key: string, at: string): ReturnType<typeof sourceGraph>['signatures'][number] => ({
      key,
      inputs: [port('x', [2, 4])],
      outputs: [port('out', undefined, at)],
    });
    const source = sourceGraph({
      list,
      signatures: [signature('a', 'n'), signature('serving_default', 'y')],
    });
    const both = await lower(source);
    expect(both.signatures.map(({ key }) => key)).toEqual(['serving_default', 'a']);
    expect(verifyModel(both)).toEqual([]);
    const one = await lower(source, { signature: 'a' });
    expect(one.graphs).toHaveLength(1);
    await expect(lower(source, { signature: 'b' })).rejects.toThrow(/no signature 'b'; it has 'a'/);
  });

  it('reports progress and stops when it is cancelled', async () => {
    const list = [X];
    for (let i = 0; i < 20_000; i++) list.push(node(`n${i}`, 'Neg', [i === 0 ? 'x' : `n${i - 1}`]));
    list.push(node('y', 'Relu', ['n19999']));
    const controller = new AbortController();
    const seen: number[] = [];
    const pace = new Pace({
      signal: controller.signal,
      onProgress: ({ done }) => {
        seen.push(done);
        controller.abort();
      },
    });
    await expect(lower(sourceGraph({ list }), {}, pace)).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.max(...seen)).toBeLessThan(20_000);
  });
});
