import { dataOf } from '../graph/constant';
import type { SourceAttr, SourceNode, SourceRef } from '../source';

type Attrs = Readonly<Record<string, SourceAttr>>;

/** Adds nodes to a graph under unique names below `scope`. Types are left to `completeNodes`. */
export class NodeBuilder {
  readonly #nodes: Map<string, SourceNode>;
  readonly #taken: ReadonlyMap<string, SourceNode>;
  readonly #scope: string;
  readonly #enter: (constant: SourceRef) => SourceRef;
  #count = 0;

  /** Names in `taken` are not used. */
  constructor(
    nodes: Map<string, SourceNode>,
    taken: ReadonlyMap<string, SourceNode>,
    scope: string,
    enter: (constant: SourceRef) => SourceRef = (constant) => constant,
  ) {
    this.#nodes = nodes;
    this.#taken = taken;
    this.#scope = scope;
    this.#enter = enter;
  }

  /** Same graph, within a loop, into which constants have to be let by `enter`. */
  within(enter: (constant: SourceRef) => SourceRef): NodeBuilder {
    return new NodeBuilder(this.#nodes, this.#taken, `${this.#scope}/step`, enter);
  }

  /** Output 0 of a new node. */
  add(op: string, inputs: readonly SourceRef[], attrs: Attrs = {}): SourceRef {
    let name = `${this.#scope}/${op}_${this.#count++}`;
    while (this.#nodes.has(name) || this.#taken.has(name)) name = `${this.#scope}/${op}_${this.#count++}`;
    this.#nodes.set(name, { name, op, inputs, attrs });
    return { node: name, output: 0 };
  }

  /** Replaces the inputs of a node that was added: how a loop is closed. */
  connect({ node }: SourceRef, inputs: readonly SourceRef[]): void {
    const found = this.#nodes.get(node);
    if (found) this.#nodes.set(node, { ...found, inputs });
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): SourceRef {
    return this.#constant('int32', Int32Array.from(values), shape);
  }

  int(value: number): SourceRef {
    return this.ints([value], []);
  }

  float(value: number): SourceRef {
    return this.#constant('float32', Float32Array.of(value), []);
  }

  #constant(
    dtype: 'int32' | 'float32',
    data: Int32Array | Float32Array,
    shape: readonly number[],
  ): SourceRef {
    const constant = this.add('Const', [], {
      dtype: { kind: 'dtype', value: dtype },
      value: { kind: 'tensor', value: { dtype, shape, data: dataOf(data) } },
    });
    return this.#enter(constant);
  }
}

/** Output number `output` of the same node. */
export const outputOf = ({ node }: SourceRef, output: number): SourceRef => ({ node, output });
