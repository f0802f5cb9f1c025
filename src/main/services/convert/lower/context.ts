import { ARRAY_OF, type DType } from '@shared/model/dtype';
import { constantNumbers, constantTensor, constantValue } from '../graph/constant';
import { Value, type Attrs, type ConstantData, type Graph, type TensorType } from '../graph/ir';
import type { ConstantTensor, FunctionArgument, LowerContext } from '../ops/op';
import type { SourceAttr, SourceNode } from '../source';
import { emitOp } from './emit';
import { Refusal } from './refusal';

type AttrValues = { [A in SourceAttr as A['kind']]: A['value'] };
type AttrOf<K extends SourceAttr['kind']> = Exclude<AttrValues[K], undefined>;

/** The surroundings of one node while it is lowered. */
export class NodeContext implements LowerContext {
  readonly node: SourceNode;
  readonly graph: Graph;
  readonly #operands: readonly Value[];
  readonly #lowerFunction: (name: string, args: readonly FunctionArgument[]) => Graph;

  constructor(
    node: SourceNode,
    graph: Graph,
    operands: readonly Value[],
    lowerFunction: (name: string, args: readonly FunctionArgument[]) => Graph,
  ) {
    this.node = node;
    this.graph = graph;
    this.#operands = operands;
    this.#lowerFunction = lowerFunction;
  }

  get inputCount(): number {
    return this.#operands.length;
  }

  input(index: number): Value {
    return this.#operands[index] ?? this.refuse(`it has no operand ${index}, which it must have`);
  }

  constant(index: number): ConstantTensor | undefined {
    return constantTensor(this.input(index));
  }

  constantInts(index: number): readonly number[] {
    return (
      constantNumbers(this.input(index)) ??
      this.refuse(
        `its operand ${index} ('${this.input(index).name}') is computed at run time and has to be a constant`,
      )
    );
  }

  int(name: string, fallback?: number): number {
    return this.#attr(name, 'int', fallback);
  }

  float(name: string, fallback?: number): number {
    return this.#attr(name, 'float', fallback);
  }

  bool(name: string, fallback?: boolean): boolean {
    return this.#attr(name, 'bool', fallback);
  }

  string(name: string, fallback?: string): string {
    return this.#attr(name, 'string', fallback);
  }

  /** Half precision counts as single: kernels compute in that, and layers between would have to be cast to and fro. */
  dtype(name: string, fallback?: DType): DType {
    const dtype = this.#attr(name, 'dtype', fallback);
    if (dtype === 'resource' || dtype === 'variant' || dtype === 'other')
      return this.refuse(`its type '${name}' is ${dtype}, which no tensor of the converted model can have`);
    return dtype === 'float16' ? 'float32' : dtype;
  }

  ints(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#list(name, 'int', fallback);
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    return this.#list(name, 'string', fallback);
  }

  functionName(name: string): string {
    return this.#attr(name, 'function');
  }

  scalar(dtype: DType, value: number): Value {
    if (dtype === 'string') throw new Error('a scalar cannot be a string');
    const data = new ARRAY_OF[dtype](1);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[0] = BigInt(value);
    else data[0] = value;
    return this.tensor({ dtype, shape: [], data });
  }

  tensor(tensor: ConstantTensor, name = this.node.name): Value {
    return constantValue(name, tensor);
  }

  ints32(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.tensor({ dtype: 'int32', shape, data: Int32Array.from(values) });
  }

  constantOf(type: TensorType, data: ConstantData, name = this.node.name): Value {
    const value = new Value(name, type);
    value.constant = data;
    return value;
  }

  emit(
    type: string,
    attrs: Attrs,
    inputs: readonly (Value | null)[],
    name = this.node.name,
  ): readonly Value[] {
    return emitOp(this.graph, type, attrs, inputs, name);
  }

  emit1(type: string, attrs: Attrs, inputs: readonly (Value | null)[], name = this.node.name): Value {
    const [output] = this.emit(type, attrs, inputs, name);
    if (!output) throw new Error(`${type} has no output`);
    return output;
  }

  within(graph: Graph): LowerContext {
    return new NodeContext(this.node, graph, this.#operands, this.#lowerFunction);
  }

  lowerFunction(name: string, args: readonly FunctionArgument[]): Graph {
    return this.#lowerFunction(name, args);
  }

  refuse(reason: string): never {
    throw new Refusal(reason);
  }

  #attr<K extends SourceAttr['kind']>(name: string, kind: K, fallback?: AttrOf<K>): AttrOf<K> {
    const attr = Object.hasOwn(this.node.attrs, name) ? this.node.attrs[name] : undefined;
    if (attr?.kind === kind) return attr.value as AttrOf<K>;
    if (attr) this.refuse(`its attribute '${name}' is of kind ${attr.kind} instead of ${kind}`);
    return fallback !== undefined ? fallback : this.refuse(`its attribute '${name}' is missing`);
  }

  #list<K extends SourceAttr['kind']>(
    name: string,
    kind: K,
    fallback?: readonly AttrOf<K>[],
  ): readonly AttrOf<K>[] {
    return this.#attr(
      name,
      'list',
      fallback?.map((value) => ({ kind, value }) as SourceAttr),
    ).map((item) =>
      item.kind === kind
        ? (item.value as AttrOf<K>)
        : this.refuse(`its attribute '${name}' holds a ${item.kind} instead of a ${kind}`),
    );
  }
}
