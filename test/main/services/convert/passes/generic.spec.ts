import { describe, expect, it } from 'vitest';
import { printGraph } from '@main/services/convert/graph/print';
import { verifyModel } from '@main/services/convert/graph/verify';
import { deadCode } from '@main/services/convert/passes/dead-code';
import { duplicateConstants } from '@main/services/convert/passes/duplicate-constants';
import { duplicateOps } from '@main/services/convert/passes/duplicate-ops';
import { folding } from '@main/services/convert/passes/folding';
import { identities } from '@main/services/convert/passes/identities';
import { optimize, PASSES } from '@main/services/convert/passes';
import { GraphBuilder, chainModel } from '@test/support/tiny-model';

const ADD = { fused_activation_function: 0, pot_scale_int16: true };
const textOf = (builder: GraphBuilder): string => printGraph(builder.graph);

describe('generic passes', () => {
  it('drop operators that no output needs', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [4]);
    builder.emit('ABS', {}, [builder.emit('NEG', {}, [x])]);
    const model = builder.model(builder.emit('RELU', {}, [x]));
    deadCode.run(builder.graph);
    expect(textOf(builder)).toBe('graph main(%0: float32[4])\n  %1: float32[4] = RELU(%0)\n  return %1\n');
    expect(verifyModel(model)).toEqual([]);
  });

  it('bypass operators that change nothing, also when they are the output', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [2, 2]);
    const model = builder.model(builder.emit('RESHAPE', {}, [x, builder.ints('shape', [2, 2])]));
    identities.run(builder.graph);
    expect(builder.graph.ops.size).toBe(0);
    expect(model.signatures[0]?.outputs[0]?.value).toBe(x);
  });

  it('make one of equal operators and of equal constants', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [4]);
    const sum = (): ReturnType<GraphBuilder['emit']> =>
      builder.emit('ADD', ADD, [x, builder.floats('c', [4], (i) => i)]);
    const model = builder.model(builder.emit('MUL', { fused_activation_function: 0 }, [sum(), sum()]));
    duplicateOps.run(builder.graph);
    expect(builder.graph.ops.size).toBe(3);
    duplicateConstants.run(builder.graph);
    duplicateOps.run(builder.graph);
    expect(textOf(builder)).toContain('MUL(%1, %1)');
    expect(verifyModel(model)).toEqual([]);
  });

  it('keep constants of the same bytes but another type apart', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [2]);
    const zeros = builder.floats('zeros', [2], () => 0);
    const column = builder.floats('column', [2, 1], () => 0);
    const sum = builder.emit('ADD', ADD, [x, zeros]);
    const model = builder.model(builder.emit('ADD', ADD, [sum, column]));
    duplicateConstants.run(builder.graph);
    expect(verifyModel(model)).toEqual([]);
    expect(textOf(builder)).toContain('float32[2,1]');
  });

  it('compute what has become constant', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [4]);
    const y = builder.emit('ADD', ADD, [x, builder.floats('c', [4], (i) => i)]);
    const model = builder.model(y);
    builder.graph.replaceUses(
      x,
      builder.floats('fed', [4], () => 10),
    );
    folding.run(builder.graph);
    expect(builder.graph.ops.size).toBe(0);
    expect(new Float32Array(y.constant?.bytes().slice().buffer ?? new ArrayBuffer(0))).toEqual(
      Float32Array.of(10, 11, 12, 13),
    );
    expect(verifyModel(model)).toEqual([]);
  });

  it('all leave a sound model behind', async () => {
    const model = chainModel(20);
    const seen: string[] = [];
    await optimize(model, undefined, (pass) => {
      seen.push(pass.name);
      expect(verifyModel(model)).toEqual([]);
    });
    expect(seen).toHaveLength(PASSES.length);
  });
});
