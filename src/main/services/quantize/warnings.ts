import type { Recipe } from '@shared/model/recipe';
import type { Model, Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { type Range, widthOf } from './scales';

/** An 8-bit activation that is this wide keeps steps of 0.04: TensorFlow's own quantizer warns of it, too. */
const WIDE_RANGE = 10;
/** A range narrower than this holds one value: the tensor is constant over the calibration data. */
const NO_RANGE = 1e-6;
const NAMED = 3;

const list = (names: readonly string[]): string =>
  names
    .slice(0, NAMED)
    .map((name) => `'${name}'`)
    .join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');

/** Weights that hold NaN or infinities, by name: they have no code. */
export const notFiniteWarnings = (names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [
        `Weights hold NaN or infinity: ${list(names)}; NaN is stored as 0 and an infinity as the greatest code. Check the training.`,
      ];

/** What the calibrated ranges of integer activations tell. */
export function rangeWarnings(ranges: readonly (readonly [Value, Range])[], recipe: Recipe): string[] {
  const warnings: string[] = [];
  const wide = ranges
    .filter(([, range]) => widthOf(range) >= WIDE_RANGE)
    .sort(([, a], [, b]) => widthOf(b) - widthOf(a));
  const [widest] = wide;
  if (recipe.precision === 'int8' && widest)
    warnings.push(
      `${wide.length} activations are ${WIDE_RANGE} wide or more, so that their int8 steps are coarse: ${list(wide.map(([value]) => value.name))} (up to ${widthOf(widest[1]).toPrecision(3)}). Clip outliers with percentile calibration, or use int16x8 if the accuracy suffers.`,
    );
  const constant = ranges.filter(([, range]) => range.max - range.min < NO_RANGE);
  if (constant.length > 0)
    warnings.push(
      `${constant.length} activations did not change over the calibration data: ${list(constant.map(([value]) => value.name))}; give data that is more varied if that is not the model's nature.`,
    );
  return warnings;
}

/** What dynamic range does to this model. */
export function dynamicWarnings(model: Model, skipped: readonly Value[], minElements: number): string[] {
  const warnings: string[] = [];
  const depthwise = allGraphs(model)
    .flatMap((graph) => [...graph.ops])
    .filter(
      (op) =>
        op.type === 'DEPTHWISE_CONV_2D' &&
        op.inputs[0]?.dtype === 'float32' &&
        op.inputs[1]?.dtype === 'int8',
    );
  if (depthwise.length > 0)
    warnings.push(
      `Dynamic range makes depthwise convolutions slower than float32 (${depthwise.length} here): full int8 or float16 is likely faster on a device.`,
    );
  if (skipped.length > 0)
    warnings.push(
      `${skipped.length} weights of fewer than ${minElements} elements stayed float32: ${list(skipped.map(({ name }) => name))}.`,
    );
  return warnings;
}
