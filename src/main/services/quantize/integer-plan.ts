import type { Graph, Op, Value } from '../convert/graph/ir';
import { opDefinition } from '../convert/registry';
import type { QuantizationFacts } from '../convert/ops/op';
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

/**
 * Decides operator by operator whether it runs on integers: its facts have a kernel, its floats are where the facts say,
 * and its weights are constants. Operators that touch no float (indices), or do not
 * care (SHAPE), are in neither list.
 */
export function planIntegers(graph: Graph, type: ActivationType, isChosen: (op: Op) => boolean): IntegerPlan {
  const integer = new Map<Op, IntegerOp>();
  const float: FloatOp[] = [];
  for (const op of graph.sorted()) {
    if (!touchesFloat(op)) continue;
    const { quantization: facts } = opDefinition(op.type);
    if (facts.rule === 'transparent') continue;
    const why = isChosen(op) ? whyFloat(op, facts, type) : 'the recipe keeps it';
    if (why !== undefined) {
      float.push({ op, why });
      continue;
    }
    const operands = operandsOf(op, facts).filter((i) => op.inputs[i]?.dtype === 'float32');
    const outputs = op.outputs.filter(
      (output, i) => output.dtype === 'float32' && (facts.outputs === undefined || facts.outputs.includes(i)),
    );
    integer.set(op, { op, facts, operands, outputs });
  }
  return { integer, float };
}

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
