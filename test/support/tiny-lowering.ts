import type { DType, TypedArray } from '@shared/model/dtype';
import { ARRAY_OF } from '@shared/model/dtype';
import type { Tensor } from '@shared/model/tensor';
import { constantTensor, constantValue } from '@main/services/convert/graph/constant';
import { Graph, signatureOf, Value, type Model } from '@main/services/convert/graph/ir';
import { NodeContext } from '@main/services/convert/lower/context';
import { deadCode } from '@main/services/convert/passes/dead-code';
import { findLowering } from '@main/services/convert/registry';
import type { SourceAttr } from '@main/services/convert/source';

export const attr = {
  int: (value: number): SourceAttr => ({ kind: 'int', value }),
  float: (value: number): SourceAttr => ({ kind: 'float', value }),
  bool: (value: boolean): SourceAttr => ({ kind: 'bool', value }),
  string: (value: string): SourceAttr => ({ kind: 'string', value }),
  dtype: (value: DType): SourceAttr => ({ kind: 'dtype', value }),
  ints: (...values: number[]): SourceAttr => ({
    kind: 'list',
    value: values.map((value) => attr.int(value)),
  }),
  floats: (...values: number[]): SourceAttr => ({
    kind: 'list',
    value: values.map((value) => attr.float(value)),
  }),
};

export const arrayOf = (dtype: DType, values: readonly number[]): TypedArray => {
  if (dtype === 'string') throw new Error('no strings here');
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  return (ARRAY_OF[dtype] as typeof Float32Array).from(values);
};

/** A graph that TensorFlow nodes are lowered into one by one. */
export class TinyLowering {
  readonly graph = new Graph('main');
  #nodes = 0;

  input(dtype: DType, ...shape: number[]): Value {
    const value = new Value(`x${this.graph.inputs.length}`, { dtype, shape });
    this.graph.inputs.push(value);
    return value;
  }

  constant(dtype: DType, values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return constantValue('c', { dtype, shape, data: arrayOf(dtype, values) });
  }

  floats(values: readonly number[], shape?: readonly number[]): Value {
    return this.constant('float32', values, shape);
  }

  ints(values: readonly number[], shape?: readonly number[]): Value {
    return this.constant('int32', values, shape);
  }

  /** The outputs of one TensorFlow node. */
  all(
    op: string,
    inputs: readonly Value[],
    attrs: Readonly<Record<string, SourceAttr>> = {},
  ): readonly Value[] {
    const lowering = findLowering(op);
    if (!lowering) throw new Error(`no lowering of ${op}`);
    const node = { name: `${op}${this.#nodes++}`, op, inputs: [], attrs };
    const context = new NodeContext(node, this.graph, inputs, () => {
      throw new Error('no functions here');
    });
    const result = lowering(context);
    return result instanceof Value ? [result] : result;
  }

  /** The first output of one TensorFlow node. */
  node(op: string, inputs: readonly Value[], attrs?: Readonly<Record<string, SourceAttr>>): Value {
    const [output] = this.all(op, inputs, attrs);
    if (!output) throw new Error(`${op} has no output`);
    return output;
  }

  /** Types of the operators that these outputs need, in order. */
  types(...outputs: Value[]): string[] {
    this.graph.outputs = outputs;
    deadCode.run(this.graph);
    return this.graph.sorted().map(({ type }) => type);
  }

  /** The graph as a model whose ports are named x0, x1 ... and y0, y1 ... */
  model(outputs: readonly Value[]): Model {
    this.graph.outputs = [...outputs];
    deadCode.run(this.graph);
    const ports = (letter: string) => (_: Value, index: number) => ({ name: `${letter}${index}`, index });
    const signature = signatureOf(
      'main',
      this.graph,
      this.graph.inputs.map(ports('x')),
      outputs.map(ports('y')),
    );
    return { graphs: [this.graph], signatures: [signature], description: '', metadata: new Map() };
  }
}

/** The elements of a constant as plain numbers; fails on values that are computed. */
export const numbersOf = (value: Value | undefined): number[] => {
  const tensor = constantTensor(value);
  if (!tensor) throw new Error(`'${value?.name}' is no constant`);
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
};

/** A tensor with the sample axis that runtimes expect in front. */
export const oneSample = (dtype: DType, shape: readonly number[], data: TypedArray): Tensor => ({
  dtype,
  shape: [1, ...shape],
  data,
});
