import type { SourceAttr, SourceFunction, SourceNode, SourceRef, SourceTensor } from '../../source';
import { attrsOf } from '../scope';
import { integersAt, type Lookup } from './constants';
import { isTimeSwap, recogniseLoop, type RecurrentLoop } from './loop';
import { cellWeights } from './weights';

const LOOPS = new Set(['While', 'StatelessWhile']);
const keyOf = (ref: SourceRef): string => `${ref.output}:${ref.node}`;

/**
 * Replaces the loops of recurrent layers by the single nodes of source/rnn.ts, where their body is recognised, and everything
 * that reads the loop by what it is of the layer's output. `roots` are what is wanted of the graph, and move along.
 */
export function raiseRecurrentLayers(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: ReadonlyMap<string, SourceFunction>,
  roots: readonly SourceRef[],
): { readonly nodes: ReadonlyMap<string, SourceNode>; readonly roots: readonly SourceRef[] } {
  const loops = Array.from(nodes.values()).filter((node) => LOOPS.has(node.op));
  if (loops.length === 0) return { nodes, roots };
  const rewrite = new Rewrite(nodes, roots);
  for (const node of loops) {
    const loop = recogniseLoop(node, nodes, functions);
    if (loop) rewrite.replace(node, loop);
  }
  return rewrite.result();
}

class Rewrite {
  readonly #nodes: Map<string, SourceNode>;
  readonly #roots: readonly SourceRef[];
  readonly #users = new Map<string, SourceNode[]>();
  readonly #wanted: ReadonlySet<string>;
  readonly #aliases = new Map<string, SourceRef>();
  readonly #lookup: Lookup;

  constructor(nodes: ReadonlyMap<string, SourceNode>, roots: readonly SourceRef[]) {
    this.#nodes = new Map(nodes);
    this.#roots = roots;
    this.#wanted = new Set(roots.map(keyOf));
    this.#lookup = { node: (name) => nodes.get(name), outside: () => undefined };
    for (const node of nodes.values())
      for (const ref of node.inputs) {
        const users = this.#users.get(keyOf(ref));
        if (users) users.push(node);
        else this.#users.set(keyOf(ref), [node]);
      }
  }

  replace(node: SourceNode, loop: RecurrentLoop): void {
    const weights = cellWeights(loop.cell);
    const known = new Set([
      ...loop.unchanged.keys(),
      ...(loop.list ? [loop.list.output] : []),
      ...loop.states.map((state) => state.output),
    ]);
    const unknownUse = node.inputs.some((_, output) => !known.has(output) && this.#isUsed(node, output));
    const stacks = loop.list ? this.#usersOf(node, loop.list.output) : [];
    const listWanted = loop.list && this.#wanted.has(keyOf({ node: node.name, output: loop.list.output }));
    if (!weights || unknownUse || listWanted || stacks.some((user) => user.op !== 'TensorListStack')) return;

    const [h, c] = loop.states;
    const cellUsed = c !== undefined && this.#isUsed(node, c.output);
    const sequences = (loop.list?.all ?? false) && stacks.some((stack) => !this.#isOnlyLast(stack));
    const inputs = [
      loop.input,
      this.#constant(node, 'kernel', weights.kernel),
      this.#constant(node, 'recurrent_kernel', weights.recurrent),
    ];
    if (weights.bias) inputs.push(this.#constant(node, 'bias', weights.bias));
    const started = loop.states.some((state) => state.start !== undefined);
    if (started) for (const { output } of loop.states) inputs.push(node.inputs[output] as SourceRef);
    const output: SourceRef = { node: this.#freeName(`${node.name}/layer`), output: 0 };
    this.#add({
      name: output.node,
      op: loop.cell.op,
      inputs,
      attrs: attributes(loop, weights.units, {
        use_bias: weights.bias !== undefined,
        has_state: started,
        return_sequences: sequences,
        return_state: cellUsed,
      }),
    });
    for (const [place, operand] of loop.unchanged) this.#alias({ node: node.name, output: place }, operand);
    const last = sequences ? this.#lastOf(output, loop.timeMajor) : output;
    if (h) this.#alias({ node: node.name, output: h.output }, last);
    if (c) this.#alias({ node: node.name, output: c.output }, { ...output, output: 2 });
    for (const stack of stacks) this.#replaceStack(stack, loop, output, sequences, last);
  }

  result(): { readonly nodes: ReadonlyMap<string, SourceNode>; readonly roots: readonly SourceRef[] } {
    const resolve = (ref: SourceRef): SourceRef => {
      let now = ref;
      // Each alias leads on; a chain cannot be longer than there are aliases.
      for (let i = 0; i <= this.#aliases.size; i++) {
        const next = this.#aliases.get(keyOf(now));
        if (!next) break;
        now = next;
      }
      return now;
    };
    const moved = Array.from(this.#nodes, ([name, node]): [string, SourceNode] => [
      name,
      { ...node, inputs: node.inputs.map(resolve) },
    ]);
    return { nodes: new Map(moved), roots: this.#roots.map(resolve) };
  }

  /** Readers of the list of outputs read the layer's output instead. */
  #replaceStack(
    stack: SourceNode,
    loop: RecurrentLoop,
    output: SourceRef,
    sequences: boolean,
    last: SourceRef,
  ): void {
    const list: SourceRef = { node: stack.name, output: 0 };
    for (const user of this.#users.get(keyOf(list)) ?? [])
      if (this.#takesLast(user)) this.#alias({ node: user.name, output: 0 }, last);
      else if (sequences && !loop.timeMajor && isSwap(user, this.#lookup))
        this.#alias({ node: user.name, output: 0 }, output);
    if (sequences && loop.timeMajor) return this.#alias(list, output);
    // What is left reads the list itself: time first, or one step only.
    const name = this.#freeName(stack.name);
    if (sequences)
      this.#add({
        name,
        op: 'Transpose',
        inputs: [output, this.#integers(name, [1, 0, 2])],
        attrs: attrsOf({}),
      });
    else
      this.#add({
        name,
        op: 'ExpandDims',
        inputs: [output, this.#integers(name, 0)],
        attrs: attrsOf({}),
      });
    this.#alias(list, { node: name, output: 0 });
  }

  #isOnlyLast(stack: SourceNode): boolean {
    const list: SourceRef = { node: stack.name, output: 0 };
    const users = this.#users.get(keyOf(list)) ?? [];
    return !this.#wanted.has(keyOf(list)) && users.every((user) => this.#takesLast(user));
  }

  /** `list[-1]`, as StridedSlice. */
  #takesLast(node: SourceNode): boolean {
    const flag = (name: string): number => Number(node.attrs[name]?.value ?? 0);
    return (
      node.op === 'StridedSlice' &&
      flag('shrink_axis_mask') === 1 &&
      flag('new_axis_mask') === 0 &&
      flag('ellipsis_mask') === 0 &&
      integersAt(node.inputs[1], this.#lookup)?.join() === '-1'
    );
  }

  #lastOf(sequence: SourceRef, timeMajor: boolean): SourceRef {
    const name = this.#freeName(`${sequence.node}/last`);
    const int = (value: number): SourceAttr => ({ kind: 'int', value });
    const axes = timeMajor ? 1 : 2;
    const at = (value: number): number[] => (timeMajor ? [value] : [0, value]);
    const others = timeMajor ? 0 : 1;
    return this.#add({
      name,
      op: 'StridedSlice',
      inputs: [
        sequence,
        this.#integers(name, at(-1)),
        this.#integers(name, at(0)),
        this.#integers(
          name,
          at(1).map(() => 1),
        ),
      ],
      attrs: attrsOf({
        begin_mask: int(others),
        end_mask: int(others),
        ellipsis_mask: int(0),
        new_axis_mask: int(0),
        shrink_axis_mask: int(axes),
      }),
    });
  }

  #usersOf(node: SourceNode, output: number): readonly SourceNode[] {
    return this.#users.get(keyOf({ node: node.name, output })) ?? [];
  }

  #isUsed(node: SourceNode, output: number): boolean {
    return this.#usersOf(node, output).length > 0 || this.#wanted.has(keyOf({ node: node.name, output }));
  }

  #alias(from: SourceRef, to: SourceRef): void {
    this.#aliases.set(keyOf(from), to);
  }

  #add(node: SourceNode): SourceRef {
    this.#nodes.set(node.name, node);
    return { node: node.name, output: 0 };
  }

  #constant(node: SourceNode, what: string, tensor: SourceTensor): SourceRef {
    const attrs = attrsOf({
      dtype: { kind: 'dtype', value: tensor.dtype },
      value: { kind: 'tensor', value: tensor },
    });
    return this.#add({ name: this.#freeName(`${node.name}/${what}`), op: 'Const', inputs: [], attrs });
  }

  #integers(name: string, values: number | readonly number[]): SourceRef {
    const numbers = typeof values === 'number' ? [values] : values;
    const bytes = new Uint8Array(Int32Array.from(numbers).buffer);
    const shape = typeof values === 'number' ? [] : [values.length];
    return this.#constant({ name, op: '', inputs: [], attrs: {} }, 'constant', {
      dtype: 'int32',
      shape,
      data: { byteLength: bytes.byteLength, bytes: () => bytes },
    });
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#nodes.has(name); i++) name = `${wanted}_${i}`;
    return name;
  }
}

const isSwap = (node: SourceNode, lookup: Lookup): boolean =>
  node.op === 'Transpose' && isTimeSwap(node.inputs[1], lookup);

function attributes(
  loop: RecurrentLoop,
  units: number,
  flags: Readonly<Record<string, boolean>>,
): Record<string, SourceAttr> {
  const { cell, steps, timeMajor, goBackwards } = loop;
  const bools = { ...flags, time_major: timeMajor, go_backwards: goBackwards, reset_after: cell.resetAfter };
  const attrs = attrsOf({
    units: { kind: 'int', value: units },
    activation: { kind: 'string', value: cell.activation },
    recurrent_activation: { kind: 'string', value: cell.recurrentActivation },
    ...(steps === undefined ? {} : { steps: { kind: 'int', value: steps } as const }),
  });
  for (const [name, value] of Object.entries(bools)) attrs[name] = { kind: 'bool', value };
  return attrs;
}
