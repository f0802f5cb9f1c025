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
/** The same where another scale costs no precision. */
const FREE_WIDENING = 1.05;

interface Group {
  range: Range;
  /** A scale that a kernel demands; the range is then what it can represent. */
  fixed: Quantization | undefined;
  /** Narrowest of the members whose precision somebody relies on: who reads it does more than move it. */
  guard: number;
}

/** Scales of all integer values, and the operands that have to be rescaled on their way into an operator. */
export interface ScaleAssignment {
  readonly scales: ReadonlyMap<Value, Quantization>;
  readonly rescaled: ReadonlyMap<Op, ReadonlySet<number>>;
}

export interface ScaleRequest {
  readonly plan: IntegerPlan;
  /** All values that are integers somewhere, constants left out. */
  readonly values: Iterable<Value>;
  /** Those of them that are quantized on their way in: every reader may have a scale of its own without a second rounding. */
  readonly entering: ReadonlySet<Value>;
  readonly graphOutputs: readonly Value[];
  readonly rangeOf: (value: Value) => Range;
  readonly type: ActivationType;
}

/**
 * Gives every integer value its scale. Operators that only move bytes share one scale between operands and outputs: their
 * values are merged, unless that would cost an operand that others read more than a bit, or does not fit a scale that a
 * kernel fixes; such an operand is rescaled by a QUANTIZE in front of the operator instead. Constants are encoded where
 * they are used, at the scale that the operator has there, so they only widen ranges.
 */
export function assignScales(request: ScaleRequest): ScaleAssignment {
  const { plan, values, entering, graphOutputs, rangeOf, type } = request;
  const outputs = new Set(graphOutputs);
  const isMoved = (value: Value): boolean => {
    const [reader, ...others] = value.users;
    return (
      others.length === 0 &&
      !outputs.has(value) &&
      reader !== undefined &&
      plan.integer.get(reader)?.facts.rule === 'same'
    );
  };
  const groups = new Groups(rangeOf, isMoved);
  const rescaled = new Map<Op, Set<number>>();
  const all = Array.from(values);
  for (const { facts, outputs: results } of plan.integer.values()) {
    if (facts.rule !== 'fixed') continue;
    const [scale, zeroPoint] = (type === 'int16' ? facts.int16 : facts.int8) ?? [1, 0];
    const fixed = perTensor(scale, zeroPoint);
    for (const result of results)
      Object.assign(groups.of(result), { fixed, range: representable(fixed, type) });
  }
  // From the last to the first, so that a chain of them takes the range that comes out of it.
  for (const { op, facts, operands, outputs: results } of Array.from(plan.integer.values()).reverse())
    if (facts.rule === 'same' && facts.picks === 'extremum' && results[0])
      for (const i of operands)
        // What nobody else reads may saturate where the output does.
        if (isMoved(op.input(i)) && !groups.of(op.input(i)).fixed)
          groups.merge(results[0], op.input(i), true);
  for (const { op, facts, operands, outputs: results } of plan.integer.values()) {
    const [result, ...others] = results;
    if (facts.rule !== 'same' || !result) continue;
    const clamps = facts.picks === 'extremum';
    for (const other of others) groups.merge(result, other);
    for (const i of operands) {
      const operand = op.input(i);
      // Means stay within the range of what they are of, but do not fill it.
      if (facts.picks === 'mean') groups.widen(result, groups.of(operand).range);
      if (operand.constant) {
        if (!clamps) groups.widen(result, rangeOf(operand));
      } else if (
        // Another scale costs nothing for an operand that comes as a float, or may saturate.
        canMerge(groups.of(result), groups.of(operand), entering.has(operand) || clamps)
      ) {
        groups.merge(result, operand);
      } else rescaled.set(op, (rescaled.get(op) ?? new Set()).add(i));
    }
  }
  for (const {
    op,
    facts,
    operands,
    outputs: [result],
  } of plan.integer.values()) {
    if (facts.leastScale === undefined || !result) continue;
    const widths = operands.map((i) =>
      widthOf(op.input(i).constant ? rangeOf(op.input(i)) : groups.of(op.input(i)).range),
    );
    const least = facts.leastScale * Math.max(...widths);
    if (widthOf(groups.of(result).range) < least) groups.widen(result, { min: 0, max: least });
  }
  const scales = new Map<Value, Quantization>();
  for (const value of all) {
    const { fixed, range } = groups.of(value);
    scales.set(value, fixed ?? activationScale(range, type));
  }
  return { scales, rescaled };
}

/** Values that share a scale: disjoint sets, joined as they are found to. */
class Groups {
  readonly #parents = new Map<Value, Value>();
  readonly #groups = new Map<Value, Group>();
  readonly #rangeOf: (value: Value) => Range;
  readonly #isMoved: (value: Value) => boolean;

  constructor(rangeOf: (value: Value) => Range, isMoved: (value: Value) => boolean) {
    this.#rangeOf = rangeOf;
    this.#isMoved = isMoved;
  }

  of(value: Value): Group {
    const root = this.#root(value);
    let group = this.#groups.get(root);
    if (group) return group;
    const range = withZero(this.#rangeOf(root));
    const guard = this.#isMoved(root) ? Infinity : Math.max(widthOf(range), Number.MIN_VALUE);
    this.#groups.set(root, (group = { range, fixed: undefined, guard }));
    return group;
  }

  widen(value: Value, range: Range): void {
    const group = this.of(value);
    if (!group.fixed) group.range = unionOf(group.range, range);
  }

  /** `keepsRange`: the joined value does not widen the range. */
  merge(into: Value, value: Value, keepsRange = false): void {
    const [a, b] = [this.#root(into), this.#root(value)];
    if (a === b) return;
    const [target, source] = [this.of(a), this.of(b)];
    if (source.fixed && !target.fixed) target.range = source.range;
    else if (!target.fixed && !keepsRange) target.range = unionOf(target.range, source.range);
    target.fixed ??= source.fixed;
    target.guard = Math.min(target.guard, source.guard);
    this.#parents.set(b, a);
    this.#groups.delete(b);
  }

  #root(value: Value): Value {
    let root = value;
    for (let parent = this.#parents.get(root); parent; parent = this.#parents.get(root)) root = parent;
    for (let at = value; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}

function canMerge(target: Group, source: Group, isFree: boolean): boolean {
  if (target === source) return true;
  if (target.fixed && source.fixed)
    return (
      target.fixed.scale[0] === source.fixed.scale[0] &&
      target.fixed.zeroPoint[0] === source.fixed.zeroPoint[0]
    );
  // A kernel's fixed scale takes others in only where it represents their values.
  if (target.fixed) return fitsIn(source.range, target.range);
  if (source.fixed) return fitsIn(target.range, source.range);
  const guard = Math.min(target.guard, source.guard);
  return widthOf(unionOf(target.range, source.range)) <= (isFree ? FREE_WIDENING : MAX_WIDENING) * guard;
}

/** One step of a scale more or less is no loss. */
function fitsIn(inner: Range, outer: Range): boolean {
  const slack = widthOf(outer) / 128;
  return inner.min >= outer.min - slack && inner.max <= outer.max + slack;
}
