import { AppError } from '@shared/error/app-error';
import type { Recipe } from '@shared/model/recipe';
import type { Model, Value } from '../convert/graph/ir';
import { copyModel } from './copy-model';
import { toDynamicRange } from './dynamic-range';
import { toFloat16 } from './float16';
import { toIntegers } from './integers';
import { precisionOf } from './overrides';
import type { Range } from './scales';

export type { Range } from './scales';

export interface QuantizeReport {
  /** Operators that stayed float although integers were asked for, with the reason. */
  readonly floatOperators: readonly { readonly name: string; readonly type: string; readonly why: string }[];
}

export interface QuantizeResult {
  readonly model: Model;
  readonly report: QuantizeReport;
}

/** True when the recipe needs ranges from calibration data. */
export const needsCalibration = ({ precision }: Recipe): boolean =>
  precision === 'int8' || precision === 'int16x8';

/**
 * Makes a variant of a float32 model by a recipe; the model itself is left as it is. `rangeOf` gives each value's range
 * over the calibration data. Fails with `quantize.failed` naming the tensor.
 */
export function quantizeModel(
  float: Model,
  recipe: Recipe,
  rangeOf: (value: Value) => Range | undefined = () => undefined,
): QuantizeResult {
  const { model, values } = copyModel(float);
  const precision = precisionOf(recipe);
  let floatOperators: QuantizeReport['floatOperators'] = [];
  if (needsCalibration(recipe)) {
    const originals = new Map(Array.from(values, ([original, copy]) => [copy, original]));
    const report = toIntegers(model, {
      activations: recipe.precision === 'int8' ? 'int8' : 'int16',
      inputType: recipe.inputType,
      outputType: recipe.outputType,
      perChannel: recipe.perChannel,
      targetRuntime: recipe.targetRuntime,
      isChosen: (op) => precision(op) === recipe.precision,
      rangeOf: (value) => {
        const original = originals.get(value);
        return original && rangeOf(original);
      },
    });
    if (report.integerOperators === 0)
      throw new AppError(
        'quantize.failed',
        `No operator of this model can run on integers${report.floatOperators[0] ? ` (${report.floatOperators[0].type}: ${report.floatOperators[0].why})` : ''}; use the recipe float16 or dynamic instead.`,
      );
    ({ floatOperators } = report);
  }
  toDynamicRange(model, {
    perChannel: recipe.perChannel,
    minWeightElements: recipe.minWeightElements,
    targetRuntime: recipe.targetRuntime,
    shouldQuantize: (op) => precision(op) === 'dynamic',
  });
  toFloat16(model, recipe.minWeightElements, (op) => precision(op) === 'float16');
  return { model, report: { floatOperators } };
}
