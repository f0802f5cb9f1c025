import { elementCount } from '@shared/model/tensor';
import { isForeign } from '../convert/graph/foreign';
import type { Graph, Op, Value } from '../convert/graph/ir';
import { opDefinition } from '../convert/registry';
import type { QuantizationFacts } from '../convert/ops/op';
import { whyFloatLstm } from './integer-lstm';
import type { ActivationType } from './scales';

/** What integer quantization does with one operator. */
export interface IntegerOp {
  readonly op: Op;
  readonly facts: QuantizationFacts;
  /** Indices of activation operands that are given integers. */
  readonly operands: readonly number[];
  /** Outputs that become integers. */
  readonly outputs: readonly Value[];
}

/** An operator that stays float although the recipe asks for integers, and why. */
export interface FloatOp {
  readonly op: Op;
  readonly why: string;
}

export interface IntegerPlan {
  readonly integer: ReadonlyMap<Op, IntegerOp>;
  readonly float: readonly FloatOp[];
}

export interface PlanOptions {
  readonly type: ActivationType;
  /** Why an operator is to stay float whatever it could; undefined when it is not. */
  readonly whyKept: (op: Op) => string | undefined;
  /** The graph's inputs arrive as floats. */
  readonly floatInputs: boolean;
  /** Outputs of the graph that leave it as floats. */
  readonly floatOutputs: ReadonlySet<Value>;
  /** False for a value that calibration never saw. */
  readonly hasRange: (value: Value) => boolean;
}

/**
 * Decides operator by operator whether it runs on integers: its facts have a kernel, its floats are where the facts say,
 * and its weights are constants. Operators that touch no float (indices), or do not care (SHAPE), are in neither list.
 */
export function planIntegers(graph: Graph, options: PlanOptions): IntegerPlan {
  const integer = new Map<Op, IntegerOp>();
  const float: FloatOp[] = [];
  for (const op of graph.sorted()) {
    if (!touchesFloat(op)) continue;
    if (isForeign(op)) {
      float.push({ op, why: 'nothing is known of it' });
      continue;
    }
    const { quantization: facts } = opDefinition(op.type);
    if (facts.rule === 'transparent') continue;
    const why = options.whyKept(op) ?? whyFloat(op, facts, options.type);
    if (why !== undefined) {
      float.push({ op, why });
      continue;
    }
    const operands = operandsOf(op, facts).filter((i) => op.inputs[i]?.dtype === 'float32');
    const outputs = op.outputs.filter(
      (output, i) => output.dtype === 'float32' && (facts.outputs === undefined || facts.outputs.includes(i)),
    );
    const touched = [...operands.map((i) => op.input(i)), ...outputs];
    if (touched.some((value) => !value.constant && !options.hasRange(value)))
      float.push({ op, why: 'the calibration data never reached it' });
    // A comparison of what is float anyway is exact, and saves two QUANTIZE.
    else if (
      outputs.length === 0 &&
      operands.every((i) => isFloatAnyway(op.input(i), integer, options.floatInputs))
    )
      float.push({ op, why: 'it reads floats and gives none' });
    else if (movesFloats(op, facts, operands, integer, options))
      float.push({ op, why: 'it only moves floats' });
    else integer.set(op, { op, facts, operands, outputs });
  }
  return { integer, float };
}

/**
 * True for an operator that picks a part of floats (a step of a sequence: less is quantized after it than before), or that
 * puts something into floats which leave the graph as such.
 */
function movesFloats(
  op: Op,
  { rule, picks }: QuantizationFacts,
  operands: readonly number[],
  integer: ReadonlyMap<Op, IntegerOp>,
  { floatInputs, floatOutputs }: PlanOptions,
): boolean {
  if (rule !== 'same' || picks !== undefined) return false;
  const isFloat = (i: number): boolean => isFloatAnyway(op.input(i), integer, floatInputs);
  const [output] = op.outputs;
  if (!output || op.outputs.length > 1) return false;
  if (operands.some((i) => op.input(i).constant)) return false;
  if (operands.every(isFloat)) return operands.every((i) => isSmaller(output.shape, op.input(i).shape));
  return floatOutputs.has(output) && output.users.size === 0 && isFloat(operands[0] ?? 0);
}

/** Fewer elements, a dynamic dimension counted as 1. */
const isSmaller = (a: readonly number[], b: readonly number[]): boolean =>
  elementCount(a.map(Math.abs)) < elementCount(b.map(Math.abs));

const isFloatAnyway = (value: Value, integer: ReadonlyMap<Op, IntegerOp>, floatInputs: boolean): boolean =>
  value.constant !== undefined || (value.producer ? !integer.has(value.producer) : floatInputs);

const touchesFloat = (op: Op): boolean =>
  op.inputs.some((input) => input?.dtype === 'float32') ||
  op.outputs.some((output) => output.dtype === 'float32');

const operandsOf = (op: Op, facts: QuantizationFacts): number[] =>
  facts.operands === 'all' ? Array.from(op.inputs.keys()) : [...(facts.operands ?? [])];

function whyFloat(op: Op, facts: QuantizationFacts, type: ActivationType): string | undefined {
  if (facts.rule === 'float') return 'TFLite has no integer kernel for it';
  if (type === 'int16' && !facts.int16Kernel) return 'TFLite has no kernel with 16-bit activations for it';
  if (facts.rule === 'fixed' && (type === 'int16' ? facts.int16 : facts.int8) === undefined)
    return `TFLite has no ${type} kernel for it`;
  if (facts.lstm) return whyFloatLstm(op, facts.lstm);
  const known = new Set(operandsOf(op, facts));
  if (facts.weights) {
    const { operand, bias } = facts.weights;
    if (!op.inputs[operand]?.constant) return 'its weights are computed by the model';
    if (bias !== undefined && op.inputs[bias] && !op.inputs[bias].constant)
      return 'its bias is computed by the model';
    known.add(operand);
    if (bias !== undefined) known.add(bias);
  }
  const other = op.inputs.findIndex((input, i) => input?.dtype === 'float32' && !known.has(i));
  return other < 0 ? undefined : `its operand ${other} is a float that has no integer form`;
}
