import type { Tensor } from '@shared/model/tensor';
import { constantTensor, constantValue } from '@main/services/convert/graph/constant';
import { Graph, Op, signatureOf, Value, type Attrs } from '@main/services/convert/graph/ir';
import { verifyModel } from '@main/services/convert/graph/verify';
import { emitOp } from '@main/services/convert/lower/emit';
import { applyFused } from '@main/services/convert/ops/kit/fused';
import type { ConstantTensor } from '@main/services/convert/ops/op';
import type { Pass } from '@main/services/convert/passes/pass';
import { findOp } from '@main/services/convert/registry';
import { REFERENCE_KERNELS } from './reference-kernels';

/** A graph that a test writes down operator by operator, with the same made-up numbers every time. */
export class TinyGraph {
  readonly graph = new Graph('main');
  #seed = 7;

  /** An input of the graph. */
  input(...shape: number[]): Value {
    const value = new Value(`x${this.graph.inputs.length}`, { dtype: 'float32', shape });
    this.graph.inputs.push(value);
    return value;
  }

  /** A constant of made-up numbers between -1 and 1. */
  weights(...shape: number[]): Value {
    return constantValue('w', { dtype: 'float32', shape, data: this.#numbers(shape) });
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return constantValue('c', { dtype: 'float32', shape, data: Float32Array.from(values) });
  }

  scalar(value: number): Value {
    return this.floats([value], []);
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return constantValue('i', { dtype: 'int32', shape, data: Int32Array.from(values) });
  }

  op(type: string, attrs: Attrs, ...inputs: (Value | null)[]): Value {
    const [output] = emitOp(this.graph, type, attrs, inputs, type.toLowerCase());
    if (!output) throw new Error(`${type} has no output`);
    return output;
  }

  /** Ends the graph with these outputs. */
  returns(...outputs: Value[]): this {
    this.graph.outputs = outputs;
    return this;
  }

  /** Types of the operators, in order. */
  get types(): string[] {
    return this.graph.sorted().map(({ type }) => type);
  }

  /** Runs passes, checks that the graph is sound and computes what it did, and returns the operators left. */
  after(...passes: Pass[]): string[] {
    const before = this.run();
    for (const pass of passes) {
      pass.run(this.graph);
      const [problem] = this.#problems();
      if (problem) throw new Error(`after the pass '${pass.name}': ${problem}`);
    }
    const after = this.run();
    before.forEach((tensor, i) => checkClose(after[i] as Tensor, tensor));
    return this.types;
  }

  /** The outputs for made-up inputs, by plain loops and the operators' own folding. */
  run(): Tensor[] {
    this.#seed = 99;
    const known = new Map<Value, Tensor>();
    for (const input of this.graph.inputs)
      known.set(input, { dtype: 'float32', shape: input.shape, data: this.#numbers(input.shape) });
    const tensorOf = (value: Value | null): Tensor | undefined =>
      value ? (known.get(value) ?? constantTensor(value)) : undefined;
    for (const op of this.graph.sorted()) known.set(op.output(), compute(op, op.inputs.map(tensorOf)));
    return this.graph.outputs.map((output) => tensorOf(output) as Tensor);
  }

  #numbers(shape: readonly number[]): Float32Array {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) {
      this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
      data[i] = (this.#seed >>> 8) / 2 ** 23 - 1;
    }
    return data;
  }

  #problems(): string[] {
    const { graph } = this;
    const port = (_: Value, index: number): { name: string; index: number } => ({ name: `${index}`, index });
    const signature = signatureOf('main', graph, graph.inputs.map(port), graph.outputs.map(port));
    return verifyModel({ graphs: [graph], signatures: [signature], description: '', metadata: new Map() });
  }
}

function compute(op: Op, inputs: readonly (Tensor | undefined)[]): Tensor {
  const { dtype, shape } = op.output();
  const fused = 'fused_activation_function' in op.attrs ? Number(op.attrs.fused_activation_function) : 0;
  const constants = inputs.map((input): ConstantTensor | null => input ?? null);
  const operands = constants.map((constant) => constant && constantValue('operand', constant));
  const attrs = { ...op.attrs, ...(fused && { fused_activation_function: 0 }) };
  const plain = new Op(op.type, op.name, attrs, operands, []);
  plain.setOutputs([new Value('y', op.output())]);
  const definition = findOp(op.type);
  const data =
    REFERENCE_KERNELS[op.type]?.(inputs, plain).data ??
    definition?.fold?.call(definition, constants, plain)?.[0];
  if (!data) throw new Error(`${op.type} cannot be computed by a test`);
  return { dtype, shape, data: fused ? applyFused(fused, data as Float32Array) : data };
}

/** Throws when the tensors differ by more than rounding does. */
function checkClose(actual: Tensor, expected: Tensor): void {
  if (actual.shape.join() !== expected.shape.join())
    throw new Error(`the shape [${expected.shape.join()}] became [${actual.shape.join()}]`);
  const range = Array.from(expected.data, Number).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
  const error = Array.from(actual.data, Number).reduce(
    (most, x, i) => Math.max(most, Math.abs(x - Number(expected.data[i]))),
    0,
  );
  if (!(error / range < 1e-5)) throw new Error(`values moved by ${error} of ${range}`);
}
