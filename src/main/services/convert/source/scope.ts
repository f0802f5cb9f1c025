import type { SourceAttr, SourceFunction, SourceNode, SourceRef, SourceTensor } from '../source';

/** Operators that hold a variable; their node's name is the variable's. */
export const VARIABLE_OPS: ReadonlySet<string> = new Set(['VarHandleOp', 'VariableV2', 'Variable']);

/** Attributes without a prototype, since their names may come from a file. */
export const attrsOf = (attrs: Readonly<Record<string, SourceAttr>>): Record<string, SourceAttr> =>
  Object.assign(Object.create(null) as Record<string, SourceAttr>, attrs);

/**
 * The graph that is being built for the main graph, or for one body of control flow: nodes with unique names, variables among
 * them as the nodes that hold them.
 */
export class Scope {
  readonly nodes = new Map<string, SourceNode>();
  /** Name of a node of this scope that holds a variable, to the variable's key in SourceGraph.variables. */
  readonly #variables = new Map<string, string>();
  readonly #constants = new Map<string, SourceRef>();
  /** What variables that the model changes hold at this point, by the variable's key. */
  readonly state = new Map<string, SourceRef>();
  /** Names that nodes have, with the number that the next one of the same name gets. */
  readonly #taken = new Map<string, number>();

  /** A name that no other node here has, like `wanted`. */
  reserve(wanted: string): string {
    let name = wanted;
    for (let i = this.#taken.get(wanted) ?? 0; this.#taken.has(name); i++) {
      this.#taken.set(wanted, i + 1);
      if (i > 0) name = `${wanted}_${i}`;
    }
    this.#taken.set(name, this.#taken.get(name) ?? 1);
    return name;
  }

  add(node: SourceNode): SourceRef {
    this.nodes.set(node.name, node);
    return { node: node.name, output: 0 };
  }

  /** Adds a node that stands for a variable. */
  addVariable(node: SourceNode, variable: string): SourceRef {
    this.#variables.set(node.name, variable);
    return this.add(node);
  }

  /** The variable that a reference stands for; undefined when it is an ordinary tensor. */
  variableAt(ref: SourceRef): string | undefined {
    return this.#variables.get(ref.node);
  }

  /** The contents of a variable, as one constant however often it is read. */
  constantOf(variable: string, tensor: SourceTensor): SourceRef {
    const known = this.#constants.get(variable);
    if (known) return known;
    const ref = this.addConstant(variable, tensor);
    this.#constants.set(variable, ref);
    return ref;
  }

  addConstant(name: string, tensor: SourceTensor): SourceRef {
    const attrs = attrsOf({
      dtype: { kind: 'dtype', value: tensor.dtype },
      value: { kind: 'tensor', value: tensor },
    });
    return this.add({ name: this.reserve(`${name}/value`), op: 'Const', inputs: [], attrs });
  }

  addScalar(name: string, value: number): SourceRef {
    const bytes = new Uint8Array(Int32Array.of(value).buffer);
    const data = { byteLength: bytes.byteLength, bytes: () => bytes };
    return this.addConstant(name, { dtype: 'int32', shape: [], data });
  }

  toFunction(name: string, args: SourceFunction['args'], outputs: readonly SourceRef[]): SourceFunction {
    const kept = args.map((arg) => ({ node: arg.name, output: 0 }));
    return { name, args, nodes: neededNodes(this.nodes, [...kept, ...outputs]), outputs };
  }
}

/** The nodes that `roots` need, in order; handles of frozen variables are no longer among them. */
export function neededNodes(
  nodes: ReadonlyMap<string, SourceNode>,
  roots: readonly SourceRef[],
): ReadonlyMap<string, SourceNode> {
  return nodesBehind(nodes, roots, (node) => node.inputs.map((ref) => ref.node));
}

/** The nodes that run when `roots` are wanted, in order: those that they need, and those that only have to run before. */
export function runningNodes(
  nodes: ReadonlyMap<string, SourceNode>,
  roots: readonly SourceRef[],
): ReadonlyMap<string, SourceNode> {
  return nodesBehind(nodes, roots, ({ inputs, waitsFor = [] }) => [
    ...inputs.map((ref) => ref.node),
    ...waitsFor,
  ]);
}

function nodesBehind(
  nodes: ReadonlyMap<string, SourceNode>,
  roots: readonly SourceRef[],
  before: (node: SourceNode) => readonly string[],
): ReadonlyMap<string, SourceNode> {
  const found = new Set<string>();
  const stack = roots.map((ref) => ref.node);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const node = nodes.get(name);
    if (node) stack.push(...before(node));
  }
  return new Map(Array.from(nodes).filter(([name]) => found.has(name)));
}
