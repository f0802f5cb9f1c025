import { AppError } from '@shared/error/app-error';
import type { Recipe } from '@shared/model/recipe';
import type { LayerError, ValidationReport } from '@shared/model/validation';

/** A variant made and validated by a recipe. */
export interface Attempt {
  readonly validation: ValidationReport;
}

export interface AccuracyAwareResult<A extends Attempt> {
  readonly attempt: A;
  /** Names of the layers that were kept in float. */
  readonly keptFloat: readonly string[];
  readonly drop: number;
}

/** The recipe with these layers kept in float: the action beside a ranking of layers. */
export const keepingFloat = (recipe: Recipe, layers: readonly string[]): Recipe =>
  layers.length === 0
    ? recipe
    : {
        ...recipe,
        overrides: [...recipe.overrides, ...layers.map((name) => ({ name, precision: 'float32' as const }))],
      };

/** Share of the samples that the variant gets wrong and the original does not: by labels, or by the original's own answers. */
export function accuracyDrop({ accuracy, stages }: ValidationReport): number | undefined {
  if (accuracy) return accuracy.before - accuracy.after;
  const stage = stages.find((candidate) => candidate.stage === 'original-to-variant');
  const agreements = (stage?.outputs ?? []).flatMap(({ top1Agreement }) => top1Agreement ?? []);
  return agreements.length > 0 ? 1 - Math.min(...agreements) : undefined;
}

/**
 * Finds how few layers, the worst first, have to stay float for the accuracy to fall by no more than `maxDrop` (0.01: one
 * point): doubles their number until it does, then halves the interval. AppErrors: `data.invalid` when there is nothing to
 * measure accuracy by, `quantize.failed` when not even all of them are enough.
 */
export async function accuracyAware<A extends Attempt>(
  recipe: Recipe,
  maxDrop: number,
  first: A,
  layers: readonly LayerError[],
  attempt: (recipe: Recipe) => Promise<A>,
  log: (text: string) => void,
): Promise<AccuracyAwareResult<A>> {
  const names = [...new Set(layers.map(({ operator }) => operator))];
  const dropOf = ({ validation }: A): number => {
    const drop = accuracyDrop(validation);
    if (drop === undefined)
      throw new AppError(
        'data.invalid',
        'A greatest drop of accuracy needs something to measure accuracy by: give --data with an array "labels", or a model whose output is one score for each class.',
      );
    return drop;
  };
  let best: AccuracyAwareResult<A> = { attempt: first, keptFloat: [], drop: dropOf(first) };
  const isEnough = ({ drop }: AccuracyAwareResult<A>): boolean => drop <= maxDrop + 1e-9;
  const tryWith = async (count: number): Promise<AccuracyAwareResult<A>> => {
    const keptFloat = names.slice(0, count);
    const made = await attempt(keepingFloat(recipe, keptFloat));
    const drop = dropOf(made);
    log(
      `${recipe.name}: with ${count} layers in float the accuracy falls by ${(drop * 100).toFixed(2)} points`,
    );
    return { attempt: made, keptFloat, drop };
  };
  if (isEnough(best)) return best;
  let failed = 0;
  for (let count = 1; !isEnough(best); count = Math.min(2 * count, names.length)) {
    if (failed >= names.length)
      throw new AppError(
        'quantize.failed',
        `${recipe.title}: the accuracy falls by ${(best.drop * 100).toFixed(2)} points even with ${failed} layers in float; use int16x8 or float16, or allow more than ${(maxDrop * 100).toFixed(2)} points.`,
      );
    best = await tryWith(count);
    if (!isEnough(best)) failed = count;
  }
  while (best.keptFloat.length - failed > 1) {
    const middle = Math.floor((best.keptFloat.length + failed) / 2);
    const made = await tryWith(middle);
    if (isEnough(made)) best = made;
    else failed = middle;
  }
  return best;
}
