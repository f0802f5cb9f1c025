import type { SourceAttr, SourceNode, SourceRef } from '../source';
import { RNN_ACTIVATIONS, RNN_OPS, type RnnActivation, type RnnOp } from '../source/rnn';
import { NodeBuilder, outputOf } from './builder';
import { step, type Cell } from './recurrent-cells';

/**
 * Writes recurrent layers (source/rnn.ts) as TensorFlow runs them: a loop over time of one step of the cell, in the operators of
 * TensorFlow 1's control flow (Enter, Merge, Switch, NextIteration, Exit), as these need no functions.
 */
export function expandRecurrent(nodes: ReadonlyMap<string, SourceNode>): {
  readonly nodes: ReadonlyMap<string, SourceNode>;
  /** What an output of the graph before is now. */
  readonly moved: (ref: SourceRef) => SourceRef;
} {
  const expanded = new Map<string, SourceNode>();
  const outputs = new Map<string, readonly SourceRef[]>();
  const moved = (ref: SourceRef): SourceRef => outputs.get(ref.node)?.[ref.output] ?? ref;
  for (const node of nodes.values()) {
    const inputs = node.inputs.map(moved);
    const op = RNN_OPS.find((name) => name === node.op);
    if (op) outputs.set(node.name, layerNodes(new NodeBuilder(expanded, nodes, node.name), op, node, inputs));
    else expanded.set(node.name, { ...node, inputs });
  }
  return { nodes: expanded, moved };
}

const flag = (node: SourceNode, name: string): boolean => {
  const attr = node.attrs[name];
  return attr?.kind === 'bool' && attr.value;
};

function activation(node: SourceNode, name: string, fallback: RnnActivation): RnnActivation {
  const attr = node.attrs[name];
  const found = RNN_ACTIVATIONS.find((each) => attr?.kind === 'string' && each === attr.value);
  return found ?? fallback;
}

const transposed = (b: NodeBuilder, x: SourceRef, order: readonly number[]): SourceRef =>
  b.add('Transpose', [x, b.ints(order)]);

const int = (value: number): SourceAttr => ({ kind: 'int', value });
const float32: SourceAttr = { kind: 'dtype', value: 'float32' };

/** Returns what the layer's outputs are: the sequence or last output, then the last states. */
function layerNodes(
  b: NodeBuilder,
  op: RnnOp,
  node: SourceNode,
  inputs: readonly SourceRef[],
): readonly SourceRef[] {
  const units = node.attrs['units']?.kind === 'int' ? node.attrs['units'].value : 0;
  const stateCount = op === '_Lstm' ? 2 : 1;
  const isTimeMajor = flag(node, 'time_major');
  const rest = [...inputs];
  const take = (): SourceRef => {
    const ref = rest.shift();
    if (!ref) throw new Error(`the recurrent node '${node.name}' has too few inputs`);
    return ref;
  };
  const inTime = (value: SourceRef, order: readonly number[]): SourceRef => {
    const first = isTimeMajor ? value : transposed(b, value, order);
    return flag(node, 'go_backwards') ? b.add('ReverseV2', [first, b.ints([0])]) : first;
  };
  const x = inTime(take(), [1, 0, 2]);
  const [kernel, recurrent] = [take(), take()];
  const bias = flag(node, 'use_bias') ? take() : undefined;
  const given = flag(node, 'has_state') ? Array.from({ length: stateCount }, take) : undefined;
  const mask = flag(node, 'has_mask') ? inTime(take(), [1, 0]) : undefined;
  const sizes = b.add('Shape', [x], { out_type: { kind: 'dtype', value: 'int32' } });
  const sizeOf = (axis: number): SourceRef =>
    b.add('StridedSlice', [sizes, b.ints([axis]), b.ints([axis + 1]), b.ints([1])], {
      shrink_axis_mask: int(1),
    });
  const [steps, batch] = [sizeOf(0), sizeOf(1)];
  const stateShape = b.add('Pack', [batch, b.int(units)], { axis: int(0) });
  const zeros = b.add('Fill', [stateShape, b.float(0)]);
  const list = b.add('TensorListReserve', [b.ints([-1, units]), steps], { element_dtype: float32 });
  const cell: Cell = {
    op,
    kernel,
    recurrent,
    bias,
    resetAfter: flag(node, 'reset_after'),
    activation: activation(node, 'activation', 'tanh'),
    recurrentActivation: activation(node, 'recurrent_activation', 'sigmoid'),
  };
  const states = given ?? Array.from({ length: stateCount }, () => zeros);
  const start = [b.int(0), list, zeros, ...states];
  const [, written, last, ...ends] = loop(b, start, steps, (w, inside, [time, done, previous, ...before]) => {
    const at = (value: SourceRef): SourceRef =>
      w.add('GatherV2', [inside(value), time as SourceRef, w.int(0)], { batch_dims: int(0) });
    const inner: Cell = {
      ...cell,
      kernel: inside(kernel),
      recurrent: inside(recurrent),
      bias: bias && inside(bias),
    };
    const computed = step(w, inner, at(x), before);
    const kept = mask && w.add('ExpandDims', [at(mask), w.int(1)]);
    const choose = (fresh: SourceRef, old: SourceRef): SourceRef =>
      kept ? w.add('SelectV2', [kept, fresh, old]) : fresh;
    const skipped = flag(node, 'zero_output_for_mask') ? inside(zeros) : (previous as SourceRef);
    const output = choose(computed[0] as SourceRef, skipped);
    return [
      w.add('AddV2', [time as SourceRef, w.int(1)]),
      w.add('TensorListSetItem', [done as SourceRef, time as SourceRef, output], {
        element_dtype: float32,
      }),
      output,
      ...computed.map((state, i) => choose(state, before[i] as SourceRef)),
    ];
  }) as [SourceRef, SourceRef, SourceRef, ...SourceRef[]];
  if (!flag(node, 'return_sequences')) return [last, ...ends];
  const sequence = b.add('TensorListStack', [written, b.ints([-1, units])], {
    element_dtype: float32,
    num_elements: int(-1),
  });
  return [isTimeMajor ? sequence : transposed(b, sequence, [1, 0, 2]), ...ends];
}

/** A value of the outside as a loop's body sees it. */
type Inside = (value: SourceRef) => SourceRef;

/** A loop that runs while its first value, which counts from 0, is less than `steps`. Returns the values after it. */
function loop(
  b: NodeBuilder,
  start: readonly SourceRef[],
  steps: SourceRef,
  body: (w: NodeBuilder, inside: Inside, values: readonly SourceRef[]) => readonly SourceRef[],
): readonly SourceRef[] {
  const frame = steps.node;
  const enter = (value: SourceRef, isConstant: boolean): SourceRef =>
    b.add('Enter', [value], {
      frame_name: { kind: 'string', value: frame },
      is_constant: { kind: 'bool', value: isConstant },
      parallel_iterations: int(1),
    });
  const entered = new Map<string, SourceRef>();
  const inside: Inside = (value) => {
    const key = `${value.output}:${value.node}`;
    const found = entered.get(key) ?? enter(value, true);
    entered.set(key, found);
    return found;
  };
  const first = start.map((value) => enter(value, false));
  const merged = first.map((value) => b.add('Merge', [value, value]));
  const goesOn = b.add('LoopCond', [b.add('Less', [merged[0] as SourceRef, inside(steps)])]);
  const switched = merged.map((value) => b.add('Switch', [value, goesOn]));
  const next = body(
    b.within(inside),
    inside,
    switched.map((value) => outputOf(value, 1)),
  );
  next.forEach((value, i) => {
    const again = b.add('NextIteration', [value]);
    b.connect(merged[i] as SourceRef, [first[i] as SourceRef, again]);
  });
  return switched.map((value) => b.add('Exit', [value]));
}
