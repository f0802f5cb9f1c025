import type { DType } from '@shared/model/dtype';
import type { Quantization } from '@shared/model/tensor';
import type { Steps } from './steps';

/** Element type and shape of a value. A dimension of -1 is dynamic; the rank is always known. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * The bytes of a constant, little-endian and in C order. They may be read from the model file at each call, so whoever
 * needs them twice keeps them; that is what lets a model larger than memory's half pass through.
 */
export interface ConstantData {
  readonly byteLength: number;
  bytes(): Uint8Array;
  /** What `bytes` does, with pauses; left out where it is quick or cannot be parted. */
  steps?(): Steps;
}

/**
 * An element of a small integer tensor that describes a shape: a known number, "what dimension `axis` of `value` turns
 * out to be at run time", or a number only known then. Lets RESHAPE to [batch, 10] be seen through SHAPE, STRIDED_SLICE
 * and PACK.
 */
export type ShapeElement = number | { readonly value: Value; readonly axis: number } | 'unknown';

/** One tensor. Values are compared by identity; names need not be unique before writing. */
export class Value {
  name: string;
  dtype: DType;
  shape: readonly number[];
  /** The operator that computes it; undefined for constants and graph inputs. */
  producer: Op | undefined;
  readonly users = new Set<Op>();
  constant: ConstantData | undefined;
  quantization: Quantization | undefined;
  /** What is known of the elements of a shape-like integer tensor although it is no constant. */
  shapeElements: readonly ShapeElement[] | undefined;
  /** Keeps its contents between inferences (LSTM state). */
  isVariable = false;
  /** Stands for a variable of the runtime (RESOURCE in the file); its dtype here means nothing. */
  isResource = false;

  constructor(name: string, type: TensorType) {
    this.name = name;
    this.dtype = type.dtype;
    this.shape = type.shape;
  }
}

/** Attributes of operators are plain data, keyed as in the operator's options schema; bodies of control flow are Graphs. */
export type Attrs = object;

/** One operator: `type` is the TFLite builtin's name and the key into the registry. */
export class Op<A extends Attrs = Attrs> {
  readonly type: string;
  /** Name of the source's node, for messages and reports. */
  name: string;
  attrs: A;
  /** Tensors inside of a fused kernel that need quantization parameters of their own (integer LSTM). */
  intermediates: readonly Value[] = [];
  #inputs: (Value | null)[] = [];
  #outputs: Value[] = [];

  constructor(
    type: string,
    name: string,
    attrs: A,
    inputs: readonly (Value | null)[],
    outputs: readonly Value[],
  ) {
    this.type = type;
    this.name = name;
    this.attrs = attrs;
    this.setInputs(inputs);
    this.#outputs = [...outputs];
    for (const output of outputs) output.producer = this;
  }

  /** An optional operand that is not given is null. */
  get inputs(): readonly (Value | null)[] {
    return this.#inputs;
  }

  get outputs(): readonly Value[] {
    return this.#outputs;
  }

  setInputs(inputs: readonly (Value | null)[]): void {
    const before = this.#inputs;
    this.#inputs = [...inputs];
    for (const value of before) if (value && !inputs.includes(value)) value.users.delete(this);
    for (const value of inputs) value?.users.add(this);
  }

  setInput(index: number, value: Value | null): void {
    const inputs = [...this.#inputs];
    inputs[index] = value;
    this.setInputs(inputs);
  }

  /** The operand at `index`; a missing one is a bug of the caller. */
  input(index: number): Value {
    const value = this.#inputs[index];
    if (!value) throw new Error(`${this.type} '${this.name}' has no operand ${index}`);
    return value;
  }

  output(index = 0): Value {
    const value = this.#outputs[index];
    if (!value) throw new Error(`${this.type} '${this.name}' has no output ${index}`);
    return value;
  }

  /** Takes over another operator's outputs, which then have this one as producer. */
  setOutputs(outputs: readonly Value[]): void {
    for (const output of this.#outputs) if (!outputs.includes(output)) output.producer = undefined;
    this.#outputs = [...outputs];
    for (const output of outputs) output.producer = this;
  }
}

/** A subgraph: the main one, or a body of WHILE or IF. Operators are kept unordered; `sorted()` gives an execution order. */
export class Graph {
  name: string;
  inputs: Value[] = [];
  outputs: Value[] = [];
  readonly ops = new Set<Op>();

  constructor(name: string) {
    this.name = name;
  }

  add<A extends Attrs>(op: Op<A>): Op<A> {
    this.ops.add(op);
    return op;
  }

  /** Takes an operator out; its operands lose a user, its outputs their producer. */
  remove(op: Op): void {
    this.ops.delete(op);
    op.setInputs([]);
    for (const output of op.outputs) if (output.producer === op) output.producer = undefined;
  }

  /** Whoever reads `from` (operators and graph outputs) reads `to` from now on. */
  replaceUses(from: Value, to: Value): void {
    if (from === to) return;
    // A copy: setInputs changes the set that is walked.
    for (const user of Array.from(from.users))
      user.setInputs(user.inputs.map((input) => (input === from ? to : input)));
    this.outputs = this.outputs.map((output) => (output === from ? to : output));
  }

  /** True when nothing but `user` reads `value` and it is no output of the graph: safe to fuse away. */
  isOnlyUser(value: Value, user: Op): boolean {
    return value.users.size === 1 && value.users.has(user) && !this.outputs.includes(value);
  }

  /**
   * Operators so that producers come before users; ties in order of insertion, hence the same for the same input.
   * Throws when there is a cycle.
   */
  sorted(): Op[] {
    const order: Op[] = [];
    const state = new Map<Op, 'open' | 'done'>();
    for (const root of this.ops) {
      const stack: Op[] = [root];
      while (stack.length > 0) {
        const op = stack[stack.length - 1] as Op;
        const seen = state.get(op);
        if (seen === 'done') {
          stack.pop();
          continue;
        }
        const waiting = op.inputs
          .map((input) => input?.producer)
          .filter((p): p is Op => p !== undefined && p !== op && state.get(p) !== 'done' && this.ops.has(p));
        if (waiting.length === 0) {
          state.set(op, 'done');
          order.push(op);
          stack.pop();
        } else {
          if (seen === 'open') throw new Error(`the graph '${this.name}' has a cycle through '${op.name}'`);
          state.set(op, 'open');
          for (let i = waiting.length - 1; i >= 0; i--) stack.push(waiting[i] as Op);
        }
      }
    }
    return order;
  }
}

/** An input or output of a signature; `value` is looked up in its graph, so it is always the current one. */
export interface SignaturePort {
  readonly name: string;
  readonly value: Value;
}

/** One entry point: names as the original's signature has them, in its order. Made by `signatureOf`. */
export interface ModelSignature {
  readonly key: string;
  readonly graph: Graph;
  readonly inputs: readonly SignaturePort[];
  readonly outputs: readonly SignaturePort[];
}

/** Where a port is among the inputs or outputs of its graph. */
export interface PortPlace {
  readonly name: string;
  readonly index: number;
}

/** A signature whose ports are places in the graph's inputs and outputs: rewrites of the graph need not know of it. */
export function signatureOf(
  key: string,
  graph: Graph,
  inputs: readonly PortPlace[],
  outputs: readonly PortPlace[],
): ModelSignature {
  const port = ({ name, index }: PortPlace, side: 'inputs' | 'outputs'): SignaturePort => ({
    name,
    get value(): Value {
      const value = graph[side][index];
      if (!value) throw new Error(`the graph '${graph.name}' has no ${side}[${index}] for '${name}'`);
      return value;
    },
  });
  return {
    key,
    graph,
    inputs: inputs.map((place) => port(place, 'inputs')),
    outputs: outputs.map((place) => port(place, 'outputs')),
  };
}

/** A whole model in the converter's own form. `graphs[0]` is the default signature's; bodies are reached through attrs. */
export interface Model {
  readonly graphs: Graph[];
  signatures: ModelSignature[];
  readonly description: string;
  /** Metadata entries by name, written as they are (min_runtime_version is added by the writer). */
  readonly metadata: Map<string, Uint8Array>;
}
