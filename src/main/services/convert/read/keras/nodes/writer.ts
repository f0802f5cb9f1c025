import type { DType } from '@shared/model/dtype';
import { dataOf } from '../../../graph/constant';
import type { SourceAttr, SourceNode, SourceRef, SourceTensor } from '../../../source';

/** A tensor while a Keras model is written down: where it comes from, its type, and its mask if it has one. */
export interface Sym {
  readonly ref: SourceRef;
  readonly dtype: DType;
  /** -1 is a dynamic dimension. */
  readonly shape: readonly number[];
  /** Keras's mask (bool, [batch, time]): steps that are false are padding. */
  readonly mask?: Sym | undefined;
}

export interface SymType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export type Attrs = Readonly<Record<string, SourceAttr>>;

/** Attribute values in TensorFlow's own terms. */
export const attr = {
  int: (value: number): SourceAttr => ({ kind: 'int', value }),
  float: (value: number): SourceAttr => ({ kind: 'float', value }),
  bool: (value: boolean): SourceAttr => ({ kind: 'bool', value }),
  string: (value: string): SourceAttr => ({ kind: 'string', value }),
  dtype: (value: DType): SourceAttr => ({ kind: 'dtype', value }),
  ints: (values: readonly number[]): SourceAttr => ({
    kind: 'list',
    value: values.map((value) => ({ kind: 'int', value })),
  }),
};

/** Adds TensorFlow nodes to a graph under unique names that begin with a layer's path. */
export class NodeWriter {
  readonly #nodes: Map<string, SourceNode>;
  readonly #constants: Map<string, Sym>;
  readonly #scope: string;

  constructor(nodes = new Map<string, SourceNode>(), scope = '', constants = new Map<string, Sym>()) {
    this.#nodes = nodes;
    this.#scope = scope;
    this.#constants = constants;
  }

  get nodes(): ReadonlyMap<string, SourceNode> {
    return this.#nodes;
  }

  /** Same graph, names below `scope`. */
  within(scope: string): NodeWriter {
    return new NodeWriter(this.#nodes, scope, this.#constants);
  }

  /** A node with one output. */
  add(op: string, inputs: readonly Sym[], type: SymType, attrs: Attrs = {}, name = op): Sym {
    return this.addMany(op, inputs, [type], attrs, name)[0] as Sym;
  }

  addMany(
    op: string,
    inputs: readonly Sym[],
    types: readonly SymType[],
    attrs: Attrs = {},
    name = op,
  ): Sym[] {
    const unique = this.#unique(name);
    const [first] = inputs;
    const withType: Attrs = first ? { T: attr.dtype(first.dtype), ...attrs } : attrs;
    this.#nodes.set(unique, { name: unique, op, inputs: inputs.map((input) => input.ref), attrs: withType });
    return types.map((type, output) => ({ ...type, ref: { node: unique, output } }));
  }

  /** A constant whose bytes may still be in the model file. */
  constant(tensor: SourceTensor, name = 'Const'): Sym {
    const { dtype, shape } = tensor;
    return this.add(
      'Const',
      [],
      { dtype, shape },
      { dtype: attr.dtype(dtype), value: { kind: 'tensor', value: tensor } },
      name,
    );
  }

  /** A small constant of whole numbers; equal ones are shared. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): Sym {
    return this.#shared(`i${shape.join('x')}:${values.join()}`, {
      dtype: 'int32',
      shape,
      data: dataOf(Int32Array.from(values)),
    });
  }

  int(value: number): Sym {
    return this.ints([value], []);
  }

  float(value: number): Sym {
    return this.floats([value], []);
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): Sym {
    return this.#shared(`f${shape.join('x')}:${values.join()}`, {
      dtype: 'float32',
      shape,
      data: dataOf(Float32Array.from(values)),
    });
  }

  #shared(key: string, tensor: SourceTensor): Sym {
    const found = this.#constants.get(key);
    if (found) return found;
    const made = this.constant(tensor);
    this.#constants.set(key, made);
    return made;
  }

  #unique(name: string): string {
    const base = this.#scope === '' ? name : `${this.#scope}/${name}`;
    let unique = base;
    for (let i = 1; this.#nodes.has(unique); i++) unique = `${base}_${i}`;
    return unique;
  }
}
