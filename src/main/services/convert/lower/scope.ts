import { bytesOf, viewAs } from '@shared/model/dtype';
import { Graph, Value } from '../graph/ir';
import type { FunctionArgument } from '../ops/op';
import { fromHalf } from '../read/tfjs-weights';
import { findLowering } from '../registry';
import type { SourceGraph, SourceNode, SourceRef, SourceTensor } from '../source';
import { NodeContext } from './context';
import { Refusal, type Problem } from './refusal';

/** Bodies within bodies; deeper ones are no model that anyone trained. */
const MAX_FUNCTION_DEPTH = 16;

interface Surroundings {
  readonly source: SourceGraph;
  readonly problems: Problem[];
  /** Functions that are being lowered around this one, outermost first. */
  readonly functions: readonly string[];
}

/** The scope of the model's main graph. */
export const mainScope = (source: SourceGraph, graph: Graph, problems: Problem[]): FunctionScope =>
  new FunctionScope(source.nodes, graph, { source, problems, functions: [] });

const keyOf = (ref: SourceRef): string => `${ref.output}:${ref.node}`;

/** Lowers the nodes of one function (or of the main graph) into one graph of ours. */
export class FunctionScope {
  readonly #nodes: ReadonlyMap<string, SourceNode>;
  readonly #positions = new Map<string, number>();
  readonly #graph: Graph;
  readonly #around: Surroundings;
  readonly #bound = new Map<string, Value>();
  /** Outputs of nodes done; undefined for those that could not be lowered. */
  readonly #done = new Map<string, readonly Value[] | undefined>();

  constructor(nodes: ReadonlyMap<string, SourceNode>, graph: Graph, around: Surroundings) {
    this.#nodes = nodes;
    this.#graph = graph;
    this.#around = around;
    let position = 0;
    for (const name of nodes.keys()) this.#positions.set(name, ++position);
  }

  /** Says what stands for an output of a node that is fed from outside. */
  bind(ref: SourceRef, value: Value): void {
    this.#bound.set(keyOf(ref), value);
  }

  /** What a node's output was lowered to; only after all were lowered without a problem. */
  valueOf(ref: SourceRef): Value {
    const value = this.#find(ref);
    if (!value) throw new Error(`the node '${ref.node}' has no output ${ref.output}`);
    return value;
  }

  /** Lowers what `outputs` need, operands first; yields after each node so that the caller can pause. */
  *lowerAll(outputs: readonly SourceRef[]): Generator<void> {
    const open = new Set<string>();
    for (const output of outputs) {
      const stack = this.#bound.has(keyOf(output)) ? [] : [output.node];
      while (stack.length > 0) {
        const name = stack[stack.length - 1] as string;
        const node = this.#nodes.get(name);
        if (!node || this.#done.has(name)) {
          stack.pop();
          continue;
        }
        const waiting = node.inputs
          .filter((ref) => !this.#bound.has(keyOf(ref)) && !this.#done.has(ref.node))
          .map((ref) => ref.node)
          .filter((input) => this.#nodes.has(input));
        if (waiting.length > 0 && !open.has(name)) {
          open.add(name);
          for (let i = waiting.length - 1; i >= 0; i--) stack.push(waiting[i] as string);
          continue;
        }
        stack.pop();
        open.delete(name);
        this.#lowerNode(node, waiting.length > 0);
        yield;
      }
      this.#requireOutput(output);
    }
  }

  #lowerNode(node: SourceNode, inCycle: boolean): void {
    this.#done.set(node.name, undefined);
    if (inCycle) return this.#problem(node, 'it needs its own result');
    if (node.op === 'Const') return void this.#done.set(node.name, this.#constant(node));
    const lowering = findLowering(node.op);
    if (!lowering)
      return this.#problem(
        node,
        node.op === 'Placeholder'
          ? 'it is no input of the signature, so nothing feeds it'
          : 'TensorFlow Lite has nothing that does the same',
      );
    const operands: Value[] = [];
    for (const ref of node.inputs) {
      const operand = this.#find(ref);
      if (operand) operands.push(operand);
      else if (this.#nodes.has(ref.node) && !this.#done.get(ref.node)) return;
      else return this.#problem(node, `its operand '${ref.node}:${ref.output}' is not in the graph`);
    }
    try {
      const context = new NodeContext(node, this.#graph, operands, (name, args) =>
        this.#lowerFunction(name, args),
      );
      const result = lowering(context);
      this.#done.set(node.name, result instanceof Value ? [result] : result);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // A refusal without words: what is inside of it was noted already.
      if (error instanceof Refusal && reason === '') return;
      this.#problem(node, reason, error instanceof Refusal ? undefined : error);
    }
  }

  #constant(node: SourceNode): readonly Value[] | undefined {
    const attr = node.attrs['value'];
    if (attr?.kind !== 'tensor') return void this.#problem(node, 'it has no value');
    return [tensorValue(node.name, attr.value)];
  }

  #lowerFunction(name: string, args: readonly FunctionArgument[]): Graph {
    const fn = this.#around.source.functions.get(name);
    if (!fn) throw new Refusal(`the model has no function '${name}'`);
    const functions = [...this.#around.functions, name];
    if (this.#around.functions.includes(name)) throw new Refusal(`the function '${name}' calls itself`);
    if (functions.length > MAX_FUNCTION_DEPTH) throw new Refusal('its functions are nested too deeply');
    if (fn.args.length !== args.length)
      throw new Refusal(
        `the function '${name}' takes ${fn.args.length} arguments and is given ${args.length}`,
      );
    const graph = new Graph(name);
    const scope = new FunctionScope(fn.nodes, graph, { ...this.#around, functions });
    fn.args.forEach(({ name: argName }, i) => {
      const arg = args[i] as FunctionArgument;
      const value = new Value(argName, arg);
      value.constant = arg.constant;
      if (!arg.constant) graph.inputs.push(value);
      scope.bind({ node: argName, output: 0 }, value);
    });
    const before = this.#around.problems.length;
    for (const _ of scope.lowerAll(fn.outputs));
    if (this.#around.problems.length > before) throw new Refusal('');
    graph.outputs = fn.outputs.map((ref) => scope.valueOf(ref));
    return graph;
  }

  #find(ref: SourceRef): Value | undefined {
    return this.#bound.get(keyOf(ref)) ?? this.#done.get(ref.node)?.[ref.output];
  }

  #requireOutput(ref: SourceRef): void {
    if (this.#find(ref)) return;
    const node = this.#nodes.get(ref.node);
    if (node && !this.#done.get(ref.node)) return; // it, or what it needs, was noted as a problem
    this.#problem(
      node ?? { name: ref.node, op: 'output', inputs: [], attrs: {} },
      node ? `it has no output ${ref.output}` : 'it is not in the graph',
    );
  }

  #problem(node: SourceNode, reason: string, cause?: unknown): void {
    const { functions, problems } = this.#around;
    const position = this.#positions.get(node.name) ?? 0;
    const where = functions.length > 0 ? ` in the function '${functions.at(-1)}'` : '';
    problems.push({ node, place: `node ${position} of ${this.#nodes.size}${where}`, reason, cause });
  }
}

/** A constant; one of half precision in single precision, in which models trained with both are converted. */
export function tensorValue(name: string, tensor: SourceTensor): Value {
  const half = tensor.dtype === 'float16';
  const value = new Value(name, half ? { ...tensor, dtype: 'float32' } : tensor);
  value.constant = half
    ? {
        byteLength: 2 * tensor.data.byteLength,
        bytes: () => bytesOf(fromHalf(viewAs('float16', tensor.data.bytes()))),
      }
    : tensor.data;
  return value;
}
