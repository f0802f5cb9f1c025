import { keptFloat, type Making } from '../model/making';
import { PRECISION_TITLES } from '../model/recipe';

const NAMED = 6;

/** "a, b and 3 more" */
export const shortList = (names: readonly string[], most = NAMED): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** How a variant was made, a few words each; what the recipe leaves as usual is left out. */
export function makingLines(making: Making): string[] {
  const { recipe, signature, shapes = {}, calibration } = making;
  const lines = [`${recipe.name}: ${PRECISION_TITLES[recipe.precision]}`];
  const isInteger = recipe.precision === 'int8' || recipe.precision === 'int16x8';
  if (recipe.inputType !== 'float32' || recipe.outputType !== 'float32')
    lines.push(`inputs ${recipe.inputType}, outputs ${recipe.outputType}`);
  if (recipe.precision !== 'float32' && !recipe.perChannel) lines.push('one scale per tensor');
  if (recipe.targetRuntime !== '2.21') lines.push(`for TFLite ${recipe.targetRuntime} and later`);
  const kept = keptFloat(making);
  if (kept.length > 0) lines.push(`kept in float: ${shortList(kept)}`);
  if (isInteger) {
    const { method, percentile, maxSamples } = recipe.calibration;
    const how = method === 'percentile' ? `${percentile} % percentile` : 'min-max';
    lines.push(`calibrated (${how}, at most ${maxSamples} samples) on ${calibration?.path ?? 'random data'}`);
  }
  if (signature !== undefined) lines.push(`signature ${signature}`);
  for (const [name, shape] of Object.entries(shapes)) lines.push(`${name} fixed to [${shape.join(', ')}]`);
  return lines;
}

/** The recipe's name, others that gave the same bytes, and how many layers it was told to keep in float. */
export function recipeTitle({
  recipe,
  sameAs = [],
  making,
}: {
  readonly recipe: string;
  readonly sameAs?: readonly string[] | undefined;
  readonly making?: Making | undefined;
}): string {
  const kept = making ? keptFloat(making).length : 0;
  const names = [recipe, ...sameAs.filter((name) => name !== recipe)].join(' = ');
  return kept === 0 ? names : `${names} (${kept} in float)`;
}
