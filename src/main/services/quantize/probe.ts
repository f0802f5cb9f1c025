import { Op, signatureOf, Value, type Graph, type Model, type ModelSignature } from '../convert/graph/ir';
import { isForeign } from '../convert/graph/foreign';
import { opDefinition } from '../convert/registry';
import { copyModel } from './copy-model';
import { addDequantize } from './boundary';
import type { QuantizeResult } from './index';

/** An operator of a probe: which one, its step, and the outputs that hold what it gave and what float would have given. */
export interface ProbedOperator {
  readonly name: string;
  readonly type: string;
  /** Scale of its output. */
  readonly scale: number;
  /** Whether its kernel dictates that scale. */
  readonly isFixed: boolean;
  /** Names of the operators that compute with its output, those that only move it in between among them. */
  readonly readers: readonly string[];
  readonly quantizedOutput: string;
  readonly floatOutput: string;
}

export interface Probe {
  readonly model: Model;
  readonly signature: string;
  readonly operators: readonly ProbedOperator[];
}

/**
 * The quantized model with every integer operator's float form beside it, fed with the same dequantized operands: what they
 * differ by is the error of that operator alone. For the first signature's graph.
 */
export function probeModel(float: Model, { model, values }: QuantizeResult): Probe | undefined {
  const [original] = float.signatures;
  const { model: probe, values: copies } = copyModel(model);
  const [signature] = probe.signatures;
  if (!original || !signature) return undefined;
  const probeOf = (value: Value): Value | undefined => {
    const quantized = values.get(value);
    return quantized && copies.get(quantized);
  };
  const builder = new ProbeBuilder(signature, probeOf);
  for (const op of original.graph.sorted()) builder.add(op);
  if (builder.operators.length === 0) return undefined;
  return { model: builder.model(probe), signature: signature.key, operators: builder.operators };
}

function readersOf(value: Value): string[] {
  const found = new Set<Op>();
  const queue = [...value.users];
  for (const op of queue) {
    if (found.has(op) || isForeign(op)) continue;
    found.add(op);
    if (opDefinition(op.type).quantization.rule === 'same')
      for (const output of op.outputs) queue.push(...output.users);
  }
  return Array.from(found, ({ name }) => name);
}

class ProbeBuilder {
  readonly operators: ProbedOperator[] = [];
  readonly #signature: ModelSignature;
  readonly #graph: Graph;
  readonly #probeOf: (value: Value) => Value | undefined;
  readonly #floats = new Map<Value, Value>();
  readonly #outputs: Value[] = [];

  constructor(signature: ModelSignature, probeOf: (value: Value) => Value | undefined) {
    this.#signature = signature;
    this.#graph = signature.graph;
    this.#probeOf = probeOf;
  }

  /** Adds the float form of an operator of the original beside what became of it, if that is an integer. */
  add(op: Op): void {
    const [first] = op.outputs;
    const now = first && this.#probeOf(first);
    const scale = now?.quantization?.scale[0];
    if (
      isForeign(op) ||
      !first ||
      !now?.producer ||
      !this.#graph.ops.has(now.producer) ||
      scale === undefined
    )
      return;
    if (op.inputs.some((input) => input?.isVariable)) return;
    const inputs = op.inputs.map((input) => input && this.#operand(input));
    if (inputs.includes(undefined)) return;
    const outputs = op.outputs.map((output) => new Value(`${output.name}_float`, output));
    this.#graph.add(new Op(op.type, op.name, op.attrs, inputs as (Value | null)[], outputs));
    const place = this.operators.length;
    this.#outputs.push(this.#float(now), outputs[0] as Value);
    this.operators.push({
      name: op.name,
      type: op.type,
      scale,
      isFixed: opDefinition(op.type).quantization.rule === 'fixed',
      readers: readersOf(first),
      quantizedOutput: `quantized ${place}`,
      floatOutput: `float ${place}`,
    });
  }

  model(probe: Model): Model {
    const graph = this.#graph;
    // Each a value of its own: a graph may not give one twice.
    graph.outputs = this.#outputs;
    const outputs = this.operators.flatMap(({ quantizedOutput, floatOutput }, i) => [
      { name: quantizedOutput, index: 2 * i },
      { name: floatOutput, index: 2 * i + 1 },
    ]);
    const inputs = this.#signature.inputs.map(({ name, value }) => ({
      name,
      index: graph.inputs.indexOf(value),
    }));
    return {
      graphs: [graph],
      signatures: [signatureOf(this.#signature.key, graph, inputs, outputs)],
      description: probe.description,
      metadata: new Map(),
    };
  }

  #operand(value: Value): Value | undefined {
    if (value.constant) {
      const known = this.#floats.get(value) ?? new Value(value.name, value);
      known.constant = value.constant;
      this.#floats.set(value, known);
      return known;
    }
    const now = this.#probeOf(value);
    const exists =
      now && (this.#graph.inputs.includes(now) || (now.producer && this.#graph.ops.has(now.producer)));
    return exists ? (now.quantization ? this.#float(now) : now) : undefined;
  }

  #float(value: Value): Value {
    const known = this.#floats.get(value) ?? addDequantize(this.#graph, value);
    this.#floats.set(value, known);
    return known;
  }
}
