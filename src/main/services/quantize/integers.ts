import { AppError } from '@shared/error/app-error';
import { viewAs } from '@shared/model/dtype';
import type { Quantization } from '@shared/model/tensor';
import { dataOf } from '../convert/graph/constant';
import { Value, type Graph, type Model, type Op } from '../convert/graph/ir';
import { allGraphs, graphsOf } from '../convert/graph/subgraphs';
import { addDequantize, addQuantize } from './boundary';
import { type FloatOp, type IntegerPlan, planIntegers } from './integer-plan';
import { quantizeLstm } from './integer-lstm';
import { quantizeOperatorWeights } from './integer-weights';
import { assignScales } from './scale-groups';
import type { WeightReader } from './weight-reader';
import { activationScale, type Range, sameScale } from './scales';
import { encodeActivation } from './weights';

export type PortType = 'float32' | 'int8' | 'uint8' | 'int16';

export interface IntegerOptions {
  readonly activations: 'int8' | 'int16';
  readonly inputType: PortType;
  readonly outputType: PortType;
  readonly perChannel: boolean;
  readonly targetRuntime: string;
  readonly reader: WeightReader;
  /** Why an operator is to stay float whatever it could; undefined when it is not. */
  readonly whyKept: (op: Op) => string | undefined;
  /** Range over the calibration data; undefined for values it did not see. */
  readonly rangeOf: (value: Value) => Range | undefined;
}

/** Fixed at the boundary of a loop's or branch's body: its caller gives and takes floats. */
const FLOAT_PORTS = { inputType: 'float32', outputType: 'float32' } as const;

/** What stayed float, for the report. */
export interface IntegerReport {
  readonly integerOperators: number;
  readonly floatOperators: readonly FloatOp[];
}

/**
 * Quantizes activations and weights of all graphs. Bodies of loops and branches take and give floats as before, so a state
 * that goes round is not rounded each time; conditions stay float, since a rounding there changes how often a loop runs.
 * The model is changed.
 */
export function toIntegers(model: Model, options: IntegerOptions): IntegerReport {
  let integerOperators = 0;
  const floatOperators: FloatOp[] = [];
  const conditions = conditionsOf(model);
  const main = new Set(model.graphs);
  for (const graph of allGraphs(model)) {
    if (conditions.has(graph)) continue;
    const isMain = main.has(graph);
    const plan = planIntegers(graph, {
      type: options.activations,
      whyKept: options.whyKept,
      floatInputs: !isMain || options.inputType === 'float32',
      floatOutputs: new Set(isMain && options.outputType !== 'float32' ? [] : graph.outputs),
      // A branch that the calibration data never took has no ranges.
      hasRange: (value) => isMain || options.rangeOf(value) !== undefined,
    });
    integerOperators += plan.integer.size;
    floatOperators.push(...plan.float);
    new GraphQuantizer(graph, plan, isMain ? options : { ...options, ...FLOAT_PORTS }).run();
  }
  return { integerOperators, floatOperators };
}

/** Graphs that decide whether a loop goes on, and what only they run. */
function conditionsOf(model: Model): Set<Graph> {
  const found = new Set<Graph>();
  for (const graph of allGraphs(model))
    for (const op of graph.ops) if (op.type === 'WHILE') found.add((op.attrs as { cond: Graph }).cond);
  for (const graph of found) for (const op of graph.ops) for (const body of graphsOf(op)) found.add(body);
  return found;
}

class GraphQuantizer {
  readonly #graph: Graph;
  readonly #plan: IntegerPlan;
  readonly #options: IntegerOptions;
  /** Values that the float graph had and that become integers in place. */
  readonly #integers = new Set<Value>();
  readonly #dequantized = new Map<Value, Value>();
  readonly #requantized = new Map<Value, Value[]>();

  constructor(graph: Graph, plan: IntegerPlan, options: IntegerOptions) {
    this.#graph = graph;
    this.#plan = plan;
    this.#options = options;
  }

  run(): void {
    const { activations } = this.#options;
    const read = new Set<Value>();
    for (const { op, operands, outputs } of this.#plan.integer.values()) {
      for (const output of outputs) this.#integers.add(output);
      for (const i of operands) if (!op.input(i).constant) read.add(op.input(i));
    }
    const { scales, rescaled } = assignScales({
      plan: this.#plan,
      values: new Set([...this.#integers, ...read]),
      entering: new Set(
        [...read].filter(
          (value) => !this.#integers.has(value) && (value.producer || this.#options.inputType === 'float32'),
        ),
      ),
      graphOutputs: this.#graph.outputs,
      rangeOf: (value) => this.#range(value),
      type: activations,
    });
    const floatInputs = new Map<Value, Value>();
    for (const { op, facts, operands, outputs } of this.#plan.integer.values()) {
      const [result] = outputs;
      for (const i of operands) {
        const value = op.input(i);
        const shared = facts.rule === 'same' && result ? scales.get(result) : undefined;
        if (value.constant)
          op.setInput(
            i,
            this.#constant(value, shared ?? activationScale(rangeOfConstant(value), activations)),
          );
        else if (!this.#integers.has(value))
          op.setInput(i, this.#entered(value, scales.get(value) as Quantization, floatInputs));
      }
    }
    for (const value of this.#integers) {
      value.dtype = activations;
      value.quantization = scales.get(value);
    }
    for (const { op } of this.#plan.integer.values()) if (activations === 'int16') allowAnyScale(op);
    for (const { op, facts, operands } of this.#plan.integer.values())
      if (facts.lstm)
        quantizeLstm(
          op,
          facts.lstm,
          this.#options.rangeOf(op.input(facts.lstm.cellState)),
          this.#options.reader,
        );
      else quantizeOperatorWeights(op, facts, op.inputs[operands[0] ?? 0]?.quantization, this.#options);
    for (const [op, indices] of rescaled) for (const i of indices) this.#rescale(op, i);
    for (const { op } of this.#plan.float)
      op.setInputs(
        op.inputs.map((input) => (input && this.#integers.has(input) ? this.#toFloat(input) : input)),
      );
    this.#quantizePorts(floatInputs);
  }

  #range(value: Value): Range {
    if (value.constant) return rangeOfConstant(value);
    const range = this.#options.rangeOf(value);
    if (range && Number.isFinite(range.min) && Number.isFinite(range.max)) return range;
    throw new AppError(
      'quantize.failed',
      range
        ? `Tensor '${value.name}' took values that are not finite over the calibration data, so it has no scale; check the data and the model.`
        : `Tensor '${value.name}' has no calibrated range; calibrate with the data and signature that the model is used with.`,
    );
  }

  #constant(value: Value, quantization: Quantization): Value {
    const type = this.#options.activations;
    const constant = new Value(value.name, { dtype: type, shape: value.shape });
    constant.constant = dataOf(
      encodeActivation(viewAs('float32', value.constant?.bytes() ?? new Uint8Array()), quantization, type),
    );
    constant.quantization = quantization;
    return constant;
  }

  /** The integer form of a float that comes from a graph input or a float operator. */
  #entered(value: Value, quantization: Quantization, entered: Map<Value, Value>): Value {
    const known = entered.get(value);
    if (known) return known;
    const integer = addQuantize(this.#graph, value, this.#options.activations, quantization);
    entered.set(value, integer);
    return integer;
  }

  #rescale(op: Op, index: number): void {
    const value = op.input(index);
    const [output] = op.outputs;
    const wanted = output?.quantization;
    if (!wanted || sameScale(value.quantization, wanted)) return;
    const forms = this.#requantized.get(value) ?? [];
    this.#requantized.set(value, forms);
    let form = forms.find((candidate) => sameScale(candidate.quantization, wanted));
    if (!form) {
      // A value that came in as a float is rounded once.
      const entered = value.producer?.type === 'QUANTIZE' ? value.producer.input(0) : undefined;
      const from = entered?.dtype === 'float32' ? entered : value;
      forms.push((form = addQuantize(this.#graph, from, this.#options.activations, wanted)));
    }
    op.setInput(index, form);
    if (value.users.size === 0 && value.producer && !this.#graph.outputs.includes(value))
      this.#graph.remove(value.producer);
  }

  #toFloat(value: Value): Value {
    let float = this.#dequantized.get(value);
    if (!float) this.#dequantized.set(value, (float = addDequantize(this.#graph, value)));
    return float;
  }

  /** Gives the graph's inputs and outputs the types that the recipe wants. */
  #quantizePorts(entered: ReadonlyMap<Value, Value>): void {
    const { inputType, outputType } = this.#options;
    this.#graph.inputs = this.#graph.inputs.map((input) => {
      if (input.dtype !== 'float32' || inputType === 'float32') return input;
      return this.#integerInput(input, inputType, entered.get(input));
    });
    this.#graph.outputs = this.#graph.outputs.map((output) => {
      const isInteger = this.#integers.has(output);
      if (!isInteger && output.dtype !== 'float32') return output;
      if (outputType === 'float32') return isInteger ? this.#toFloat(output) : output;
      if (isInteger && output.dtype === outputType) return output;
      const quantization =
        isInteger && outputType === 'uint8' && output.quantization
          ? asUint8(output.quantization)
          : activationScale(this.#range(output), outputType);
      return addQuantize(this.#graph, output, outputType, quantization);
    });
  }

  /** An integer input in place of a float one: what read its quantized form reads it, others read it dequantized. */
  #integerInput(input: Value, type: Exclude<PortType, 'float32'>, entered: Value | undefined): Value {
    const integer = new Value(input.name, { dtype: type, shape: input.shape });
    if (entered && type === entered.dtype) {
      integer.quantization = entered.quantization;
      const quantize = entered.producer;
      this.#graph.replaceUses(entered, integer);
      if (quantize) this.#graph.remove(quantize);
    } else {
      const scale = entered?.quantization;
      integer.quantization =
        type === 'uint8' && scale ? asUint8(scale) : activationScale(this.#range(input), type);
      const quantize = entered?.producer;
      // QUANTIZE from the input's own integers to the graph's.
      if (quantize) quantize.setInput(0, integer);
    }
    for (const user of Array.from(input.users)) if (user.type === 'QUANTIZE') user.setInput(0, integer);
    if (input.users.size > 0 || this.#graph.outputs.includes(input))
      this.#graph.replaceUses(input, addDequantize(this.#graph, integer));
    return integer;
  }
}

/**
 * ADD and SUB take scales within a thousandth of powers of two for such, unless told not to, and then do not load with those of
 * ranges of 1 + 1 = 2 (add.cc).
 */
function allowAnyScale(op: Op): void {
  if ('pot_scale_int16' in op.attrs) op.attrs = { ...op.attrs, pot_scale_int16: false };
}

/** The same real numbers with codes moved from int8 to uint8. */
const asUint8 = ({ scale, zeroPoint, axis }: Quantization): Quantization => ({
  scale,
  zeroPoint: zeroPoint.map((z) => z + 128),
  axis,
});

function rangeOfConstant(value: Value): Range {
  let [min, max] = [0, 0];
  for (const x of viewAs('float32', value.constant?.bytes() ?? new Uint8Array())) {
    // An infinity saturates: it is a bound, not a value.
    if (x < min && x > -Infinity) min = x;
    if (x > max && x < Infinity) max = x;
  }
  return { min, max };
}
