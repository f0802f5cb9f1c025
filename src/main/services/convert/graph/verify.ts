import { elementCount, type Quantization } from '@shared/model/tensor';
import type { DType } from '@shared/model/dtype';
import { findOp, type RegisteredOp } from '../registry';
import { byteLengthOf } from './constant';
import { isForeign } from './foreign';
import type { Graph, Model, Op, Value } from './ir';
import { allGraphs } from './subgraphs';

const INTEGER_RANGE: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 53), 2 ** 53],
};

export interface VerifyOptions {
  /** Also that outputs have the types that the operators' definitions infer (others' files may know less); on by default. */
  readonly types?: boolean;
}

/**
 * The written specification of the converter's form: everything that must hold of a model between passes. Returns what
 * does not, in words; nothing when the model is sound. Tests run it after every pass.
 */
export function verifyModel(model: Model, { types = true }: VerifyOptions = {}): string[] {
  const problems: string[] = [];
  const home = new Map<Value, Graph>();
  for (const graph of allGraphs(model)) new GraphCheck(graph, home, problems, types).run();
  const keys = new Set<string>();
  for (const { key, graph, inputs, outputs } of model.signatures) {
    if (keys.has(key)) problems.push(`two signatures have the key '${key}'`);
    keys.add(key);
    if (!model.graphs.includes(graph)) problems.push(`the graph of signature '${key}' is not in the model`);
    for (const { name, value } of [...inputs, ...outputs])
      if (home.get(value) !== graph)
        problems.push(`'${name}' of signature '${key}' is no value of its graph`);
  }
  return problems;
}

/** What is wrong with the quantization of a tensor of this type; nothing when it is sound or there is none. */
export function quantizationProblem(
  dtype: DType,
  shape: readonly number[],
  quantization: Quantization | undefined,
): string | undefined {
  if (!quantization) return undefined;
  const { scale, zeroPoint, axis } = quantization;
  const range = INTEGER_RANGE[dtype];
  if (scale.length === 0) return 'has no scale';
  if (zeroPoint.length !== scale.length)
    return `has ${scale.length} scales and ${zeroPoint.length} zero points`;
  const bad = scale.find((value) => !(value > 0 && value < Infinity));
  if (bad !== undefined) return `has the scale ${bad}`;
  if (scale.length > 1) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length)
      return `is quantized along dimension ${axis} of ${shape.length}`;
    if (shape[axis] !== scale.length)
      return `has ${scale.length} scales for the ${shape[axis]} elements of dimension ${axis}`;
  }
  const zero = range && zeroPoint.find((value) => !(value >= range[0] && value <= range[1]));
  return zero === undefined ? undefined : `has the zero point ${zero}, which no ${dtype} holds`;
}

class GraphCheck {
  readonly #graph: Graph;
  readonly #home: Map<Value, Graph>;
  readonly #problems: string[];

  readonly #types: boolean;

  constructor(graph: Graph, home: Map<Value, Graph>, problems: string[], types: boolean) {
    this.#graph = graph;
    this.#home = home;
    this.#problems = problems;
    this.#types = types;
  }

  run(): void {
    const graph = this.#graph;
    if (new Set(graph.inputs).size !== graph.inputs.length) this.#say('graph', 'has an input twice');
    for (const input of graph.inputs) {
      this.#value(input);
      if (input.producer) this.#say(`input '${input.name}'`, 'is computed by an operator');
      if (input.constant) this.#say(`input '${input.name}'`, 'is a constant');
    }
    try {
      graph.sorted();
    } catch (error) {
      this.#say('graph', error instanceof Error ? error.message : String(error));
    }
    for (const op of graph.ops) this.#op(op);
    for (const output of graph.outputs) {
      this.#value(output);
      this.#available(`output '${output.name}'`, output);
    }
  }

  #op(op: Op): void {
    const what = `${op.type} '${op.name}'`;
    for (const [i, input] of op.inputs.entries()) {
      if (!input) continue;
      this.#value(input);
      if (!input.users.has(op)) this.#say(what, `is not noted as a user of its operand ${i}`);
      this.#available(`operand ${i} of ${what}`, input);
    }
    for (const [i, output] of op.outputs.entries()) {
      this.#value(output);
      if (output.producer !== op) this.#say(what, `is not the producer of its output ${i}`);
      if (output.constant) this.#say(what, `computes its output ${i}, which is a constant`);
    }
    if (isForeign(op)) return;
    const definition = findOp(op.type);
    if (!definition) return this.#say(what, 'is of an unknown type');
    if (this.#types) this.#outputTypes(op, definition, what);
  }

  #outputTypes(op: Op, definition: RegisteredOp, what: string): void {
    try {
      const types = definition.infer(op);
      if (types.length !== op.outputs.length)
        return this.#say(what, `has ${op.outputs.length} outputs instead of ${types.length}`);
      types.forEach((type, i) => {
        const output = op.output(i);
        const now = `${output.dtype}[${output.shape.join()}]`;
        const inferred = `${type.dtype}[${type.shape.join()}]`;
        if (now !== inferred) this.#say(what, `has the output ${i} as ${now} instead of ${inferred}`);
      });
    } catch (error) {
      this.#say(what, `does not fit its operands: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A value that is read must come from somewhere in this graph. */
  #available(what: string, value: Value): void {
    const { producer } = value;
    if (producer ? this.#graph.ops.has(producer) : value.constant || value.isVariable) return;
    if (!producer && this.#graph.inputs.includes(value)) return;
    this.#say(what, `reads '${value.name}', which nothing in the graph computes`);
  }

  #value(value: Value): void {
    const home = this.#home.get(value);
    if (home === this.#graph) return;
    const what = `value '${value.name}'`;
    if (home) this.#say(what, `belongs to the graph '${home.name}', too`);
    this.#home.set(value, this.#graph);
    if (value.shape.some((size) => !Number.isSafeInteger(size) || size < -1))
      this.#say(what, `has the shape [${value.shape.join()}]`);
    else if (value.constant) {
      const bytes = value.dtype === 'string' ? value.constant.byteLength : byteLengthOf(value);
      if (bytes !== value.constant.byteLength)
        this.#say(what, `has ${value.constant.byteLength} bytes of data instead of ${bytes}`);
    }
    if (value.shapeElements && value.shapeElements.length !== elementCount(value.shape))
      this.#say(what, `has ${value.shapeElements.length} known elements for its shape`);
    const quantization = quantizationProblem(value.dtype, value.shape, value.quantization);
    if (quantization) this.#say(what, quantization);
  }

  #say(what: string, problem: string): void {
    this.#problems.push(`${what} in '${this.#graph.name}' ${problem}`);
  }
}
