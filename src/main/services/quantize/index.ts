import { AppError } from '@shared/error/app-error';
import type { Precision, Recipe } from '@shared/model/recipe';
import type { Model, Op, Value } from '../convert/graph/ir';
import { isForeign } from '../convert/graph/foreign';
import { allGraphs } from '../convert/graph/subgraphs';
import { opDefinition } from '../convert/registry';
import { affineToDepthwise } from './affine-channels';
import { newerThan, quantizationProblems, refuseNewerThan } from './check';
import { copyModel } from './copy-model';
import { toDynamicRange } from './dynamic-range';
import { toFloat16 } from './float16';
import { toIntegers } from './integers';
import { precisionOf } from './overrides';
import type { Range } from './scales';
import { takeTrainedRanges } from './trained-ranges';
import { WeightReader } from './weight-reader';
import { dynamicWarnings, notFiniteWarnings, rangeWarnings } from './warnings';

export { quantizationProblems, refuseNewerThan } from './check';
export { HISTOGRAM_BINS, rangeBy, type CalibratedRange } from './percentile';
export { probeModel, type Probe } from './probe';
export { unionOf, type Range } from './scales';

export interface QuantizeReport {
  /** Operators that stayed float although integers were asked for, with the reason. */
  readonly floatOperators: readonly { readonly name: string; readonly type: string; readonly why: string }[];
  /** What the user should know before the variant is used, one sentence each. */
  readonly warnings: readonly string[];
}

export interface QuantizeResult {
  readonly model: Model;
  readonly report: QuantizeReport;
  /** Each value of the float model to the variant's, for those that both have. */
  readonly values: ReadonlyMap<Value, Value>;
}

export type RangeOf = (value: Value) => Range | undefined;

/** True when the recipe needs ranges from calibration data. */
export const needsCalibration = ({ precision, overrides }: Recipe): boolean =>
  precision.startsWith('int') || overrides.some((override) => override.precision.startsWith('int'));

/**
 * Makes a variant of a float32 model by a recipe; the model itself is left as it is. `rangeOf` gives each value's range
 * over the calibration data. Operators whose integer form the target runtime lacks stay float. Fails with
 * `quantize.failed` when the model is quantized already, a tensor has no usable range, or the target lacks an operator.
 */
export function quantizeModel(
  float: Model,
  recipe: Recipe,
  rangeOf: RangeOf = () => undefined,
): QuantizeResult {
  refuseQuantized(float);
  const tooNew = new Map<Value, string>();
  for (;;) {
    const result = quantizeOnce(float, recipe, rangeOf, tooNew);
    const originals = new Map(Array.from(result.values, ([original, copy]) => [copy, original]));
    const before = tooNew.size;
    for (const { op, since } of newerThan(result.model, recipe.targetRuntime)) {
      const original = op.outputs[0] && originals.get(op.outputs[0]);
      // A float operator that is too new has no other form.
      if (original && isInteger(op)) tooNew.set(original, since);
    }
    if (tooNew.size > before) continue;
    refuseNewerThan(result.model, recipe.targetRuntime);
    const problems = quantizationProblems(result.model);
    if (problems.length > 0)
      throw new Error(`the quantized model is not sound: ${problems.slice(0, 5).join('; ')}`);
    return result;
  }
}

const isInteger = (op: Op): boolean => op.inputs.some((input) => input?.quantization !== undefined);

function quantizeOnce(
  float: Model,
  recipe: Recipe,
  rangeOf: RangeOf,
  tooNew: ReadonlyMap<Value, string>,
): QuantizeResult {
  const { model, values } = copyModel(float);
  const precision = precisionOf(recipe);
  const excluded = new Map(Array.from(tooNew, ([original, since]) => [values.get(original), since]));
  const sinceOf = (op: Op): string | undefined => excluded.get(op.outputs[0]);
  const reader = new WeightReader();
  const warnings: string[] = [];
  let floatOperators: QuantizeReport['floatOperators'] = [];
  if (needsCalibration(recipe)) {
    const originals = new Map(Array.from(values, ([original, copy]) => [copy, original]));
    const used = new Map<Value, Range>();
    const kept = new Map<Op, string>();
    let integerOperators = 0;
    // Each in turn: what the others compute is float to it, so what goes from one to another is converted on the way.
    for (const chosen of integerPrecisions(recipe)) {
      const isKept = (op: Op): boolean => precision(op) !== chosen || sinceOf(op) !== undefined;
      const trained = takeTrainedRanges(model, (op) => !isKept(op));
      const sameRange = affineToDepthwise(model, (op) => !isKept(op));
      const rangeOfCopy = (value: Value): Range | undefined => {
        const measured = sameRange.get(value) ?? value;
        const original = originals.get(measured);
        if (!original && value.producer?.type === 'DEQUANTIZE') return rangeOfCopy(value.producer.input(0));
        const range = trained.get(measured) ?? (original && rangeOf(original));
        if (range) used.set(value, range);
        return range;
      };
      const report = toIntegers(model, {
        activations: chosen === 'int8' ? 'int8' : 'int16',
        inputType: recipe.inputType,
        outputType: recipe.outputType,
        perChannel: recipe.perChannel,
        targetRuntime: recipe.targetRuntime,
        reader,
        whyKept: (op) => {
          const since = sinceOf(op);
          if (since !== undefined) return `its integer kernel needs TFLite ${since}`;
          return precision(op) === chosen ? undefined : 'the recipe keeps it';
        },
        rangeOf: rangeOfCopy,
      });
      integerOperators += report.integerOperators;
      for (const { op, why } of report.floatOperators)
        if (precision(op) === chosen || !precision(op).startsWith('int')) kept.set(op, why);
    }
    floatOperators = Array.from(kept)
      .filter(([{ type }]) => type !== 'QUANTIZE' && type !== 'DEQUANTIZE')
      .map(([{ name, type }, why]) => ({ name, type, why }));
    if (integerOperators === 0)
      throw new AppError(
        'quantize.failed',
        `No operator of this model can run on integers${floatOperators[0] ? ` (${floatOperators[0].type}: ${floatOperators[0].why})` : ''}; use the recipe float16 or dynamic instead.`,
      );
    warnings.push(
      ...rangeWarnings(
        Array.from(used).filter(([value]) => value.quantization),
        recipe,
      ),
    );
  }
  const skipped = new Set<Value>();
  toDynamicRange(model, {
    perChannel: recipe.perChannel,
    minWeightElements: recipe.minWeightElements,
    targetRuntime: recipe.targetRuntime,
    reader,
    // What integers cannot compute at least has its weights in them.
    shouldQuantize: (op) =>
      sinceOf(op) === undefined &&
      (precision(op) === 'dynamic' ||
        (precision(op).startsWith('int') && opDefinition(op.type).quantization.allWeights !== undefined)),
    onSkipped: (weights) => skipped.add(weights),
  });
  warnings.push(...dynamicWarnings(model, [...skipped], recipe.minWeightElements));
  toFloat16(model, recipe.minWeightElements, (op) => precision(op) === 'float16');
  checkWeights(float, reader);
  warnings.unshift(...notFiniteWarnings(reader.notFinite));
  return { model, report: { floatOperators, warnings }, values };
}

/** Precisions that compute with integers, the recipe's own first. */
const integerPrecisions = ({ precision, overrides }: Recipe): Precision[] => [
  ...new Set(
    [precision, ...overrides.map((override) => override.precision)].filter((each) => each.startsWith('int')),
  ),
];

/** Looks at the weights and biases that no pass has read. */
function checkWeights(float: Model, reader: WeightReader): void {
  for (const graph of allGraphs(float))
    for (const op of graph.ops) {
      const weights = isForeign(op) ? undefined : opDefinition(op.type).quantization.weights;
      for (const i of [weights?.operand, weights?.bias]) {
        const value = i === undefined ? undefined : op.inputs[i];
        if (value?.constant && value.dtype === 'float32') reader.check(value);
      }
    }
}

/** Codes cannot be quantized again without adding error to error. */
function refuseQuantized(model: Model): void {
  for (const graph of allGraphs(model))
    for (const op of graph.ops)
      for (const value of [...op.inputs, ...op.outputs])
        if (value && (value.quantization || (value.constant && value.dtype === 'float16')))
          throw new AppError(
            'quantize.failed',
            `This model is quantized already ('${value.name}' is ${value.dtype}${value.quantization ? ' with a scale' : ''}); quantize the float32 model that it was made from.`,
          );
}
