import type { Quantization } from '@shared/model/tensor';
import type { Op, Value } from '../convert/graph/ir';
import type { IntegerPlan } from './integer-plan';
import {
  activationScale,
  representable,
  unionOf,
  widthOf,
  withZero,
  type ActivationType,
  type Range,
  perTensor,
} from './scales';

/** A merged range may be this much wider than a member's own before the member keeps its scale: one bit. */
const MAX_WIDENING = 2;

interface Group {
  range: Range;
  /** A scale that a kernel demands; the range is then what it can represent. */
  fixed: Quantization | undefined;
}

/** Scales of all integer values, and the operands that have to be rescaled on their way into an operator. */
export interface ScaleAssignment {
  readonly scales: ReadonlyMap<Value, Quantization>;
  readonly rescaled: ReadonlyMap<Op, ReadonlySet<number>>;
}

/**
 * Gives every integer value its scale. Operators that only move bytes share one scale between operands and outputs: their
 * values are merged, unless that would cost an operand that others read more than a bit, or does not fit a scale that a
 * kernel fixes; such an operand is rescaled by a QUANTIZE in front of the operator instead.
 */
export function assignScales(
  plan: IntegerPlan,
  values: Iterable<Value>,
  rangeOf: (value: Value) => Range,
  type: ActivationType,
): ScaleAssignment {
  const parents = new Map<Value, Value>();
  const groups = new Map<Value, Group>();
  const rescaled = new Map<Op, Set<number>>();

  const rootOf = (value: Value): Value => {
    let root = value;
    for (let parent = parents.get(root); parent; parent = parents.get(root)) root = parent;
    for (let at = value; at !== root;) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  const groupOf = (value: Value): Group => {
    const root = rootOf(value);
    let group = groups.get(root);
    if (!group) groups.set(root, (group = { range: withZero(rangeOf(root)), fixed: undefined }));
    return group;
  };
  const merge = (into: Value, value: Value): void => {
    const [a, b] = [rootOf(into), rootOf(value)];
    if (a === b) return;
    const [target, source] = [groupOf(a), groupOf(b)];
    target.range = target.fixed
      ? target.range
      : source.fixed
        ? source.range
        : unionOf(target.range, source.range);
    target.fixed ??= source.fixed;
    parents.set(b, a);
    groups.delete(b);
  };

  for (const value of values) groupOf(value);
  for (const { facts, outputs } of plan.integer.values()) {
    if (facts.rule !== 'fixed') continue;
    const [scale, zeroPoint] = (type === 'int16' ? facts.int16 : facts.int8) ?? [1, 0];
    const fixed = perTensor(scale, zeroPoint);
    for (const output of outputs)
      Object.assign(groupOf(output), { fixed, range: representable(fixed, type) });
  }
  for (const { op, facts, operands, outputs } of plan.integer.values()) {
    const [output, ...others] = outputs;
    if (facts.rule !== 'same' || !output) continue;
    for (const other of others) merge(output, other);
    for (const i of operands) {
      const operand = op.input(i);
      if (canMerge(groupOf(output), groupOf(operand), operand, op)) merge(output, operand);
      else rescaled.set(op, (rescaled.get(op) ?? new Set()).add(i));
    }
  }
  const scales = new Map<Value, Quantization>();
  for (const value of values) {
    const { fixed, range } = groupOf(value);
    scales.set(value, fixed ?? activationScale(range, type));
  }
  return { scales, rescaled };
}

function canMerge(target: Group, source: Group, operand: Value, op: Op): boolean {
  if (target === source) return true;
  if (target.fixed && source.fixed)
    return (
      target.fixed.scale[0] === source.fixed.scale[0] &&
      target.fixed.zeroPoint[0] === source.fixed.zeroPoint[0]
    );
  // A kernel's fixed scale takes others in only where it represents their values.
  if (target.fixed) return fitsIn(source.range, target.range);
  if (source.fixed) return fitsIn(target.range, source.range);
  // Constants are encoded anew, and a value that nobody else reads loses nothing more than the operator's output does.
  if (operand.constant || (operand.users.size === 1 && operand.users.has(op))) return true;
  return (
    widthOf(unionOf(target.range, source.range)) <=
    MAX_WIDENING * Math.max(widthOf(source.range), Number.MIN_VALUE)
  );
}

/** One step of a scale more or less is no loss. */
function fitsIn(inner: Range, outer: Range): boolean {
  const slack = widthOf(outer) / 128;
  return inner.min >= outer.min - slack && inner.max <= outer.max + slack;
}
