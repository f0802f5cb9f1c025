import { resolve } from 'node:path';
import { AppError } from '@shared/error/app-error';
import type { ConvertInput } from '@shared/api/jobs';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { Making } from '@shared/model/making';
import type { Recipe } from '@shared/model/recipe';
import type { ValidationReport } from '@shared/model/validation';
import { needsCalibration } from '../services/quantize';
import { keepingFloat } from './accuracy-aware';
import { fingerprintData } from './fingerprint-data';
import type { JobContext } from './jobs';
import type { MadeVariant, MadeVariants } from './make-variants';
import { plainSignatures, rememberModel } from './remember-model';
import { rememberFloat32, rememberOriginal } from './remembered-answers';
import { rememberVariant } from './remember-variant';
import { SecondLook } from './second-look';
import { storedMaking } from './stored-making';
import type { FlowTools } from './tools';

export interface ConvertResult {
  readonly model: ModelInfo;
  readonly variants: readonly VariantInfo[];
}

/** The recipes of that name. Fails with `recipe.invalid` naming those that there are. */
export function recipesNamed(
  names: readonly string[],
  known: readonly Recipe[],
  targetRuntime?: string,
): Recipe[] {
  return names.map((name) => {
    const recipe = known.find((candidate) => candidate.name === name);
    if (!recipe)
      throw new AppError(
        'recipe.invalid',
        `There is no recipe '${name}'. Recipes: ${known.map((candidate) => candidate.name).join(', ')}.`,
      );
    return targetRuntime === undefined ? recipe : { ...recipe, targetRuntime };
  });
}

type Order = Omit<ConvertInput, 'out' | 'again'>;

/** What is asked for, with the recipes in full; a stored variant's own order in its place when that is to be made again. */
async function orderOf(
  { again, ...input }: Omit<ConvertInput, 'out'>,
  tools: FlowTools,
): Promise<{ input: Order; recipes: Recipe[] }> {
  if (again !== undefined) {
    const { recipe, signature, shapes, calibration } = await storedMaking(again, tools.store);
    return {
      input: { ...input, signature, shapes, calibration: calibration?.path },
      recipes: [keepingFloat(recipe, input.keepFloat ?? [])],
    };
  }
  const recipes = recipesNamed(input.recipes, tools.recipes, input.targetRuntime).map((recipe) =>
    needsCalibration(recipe) ? keepingFloat(recipe, input.keepFloat ?? []) : recipe,
  );
  return { input, recipes };
}

/** Converts a model by each recipe, validates every variant against the original, and stores all of it. */
export async function convertModelFlow(
  request: Omit<ConvertInput, 'out'>,
  tools: FlowTools,
  job: JobContext,
): Promise<ConvertResult> {
  const { input, recipes } = await orderOf(request, tools);
  const made = await tools.make(
    {
      model: input.model,
      recipes,
      signature: input.signature,
      shapes: input.shapes,
      calibration: input.calibration,
      outFolder: tools.variantsDir,
      layers: input.maxAccuracyDrop !== undefined,
    },
    (progress) => job.progress(progress),
    job.signal,
  );
  for (const note of made.notes) job.log(note);
  const model = await rememberModel(input.model, made, tools);
  job.note({ modelId: model.id });
  const remembering: FlowTools = {
    ...tools,
    original: rememberOriginal(tools.original),
    runtimes: tools.runtimes.map((runtime) => rememberFloat32(runtime, made.float32Path)),
  };
  const variants: VariantInfo[] = [];
  const again = new SecondLook(input, made, model, remembering, job);
  const calibration = await calibrationOf(input, recipes);
  for (const first of made.variants) {
    for (const note of first.notes) job.log(`${first.recipe.name}: ${note}`);
    const { variant, validation } =
      input.validate === false
        ? { variant: first, validation: undefined }
        : await again.at({ variant: first, validation: await again.validate(first) });
    const making: Making = {
      recipe: variant.recipe,
      ...(input.signature === undefined ? {} : { signature: input.signature }),
      ...(input.shapes === undefined ? {} : { shapes: input.shapes }),
      ...(calibration && needsCalibration(variant.recipe) ? { calibration } : {}),
    };
    const info = await rememberVariant(variantInfo(variant, made, making, validation), tools.store);
    if (info.recipe !== variant.recipe.name)
      job.log(`${variant.recipe.name} gives the same bytes as ${info.recipe}.`);
    variants.push({ ...info, recipe: variant.recipe.name, precision: variant.recipe.precision, making });
    job.note({ variantIds: variants.map(({ id }) => id) });
  }
  return { model, variants };
}

async function calibrationOf(
  { calibration }: Order,
  recipes: readonly Recipe[],
): Promise<Making['calibration']> {
  if (calibration === undefined || !recipes.some(needsCalibration)) return undefined;
  return { path: resolve(calibration), hash: await fingerprintData(calibration) };
}

function variantInfo(
  variant: MadeVariant,
  made: MadeVariants,
  making: Making,
  validation: ValidationReport | undefined,
): VariantInfo {
  return {
    id: variant.hash,
    modelId: made.modelId,
    modelName: made.modelName,
    recipe: variant.recipe.name,
    making,
    precision: variant.recipe.precision,
    path: variant.path,
    bytes: variant.bytes,
    originalBytes: made.modelBytes,
    operators: variant.operators.map((operator) => ({ ...operator })),
    minRuntimeVersion: variant.minRuntimeVersion,
    signatures: plainSignatures(variant.signatures),
    convertMs: variant.convertMs,
    createdAt: new Date().toISOString(),
    // Whoever reads how right it is has to know this, too.
    ...(validation
      ? { validation: { ...validation, warnings: [...variant.notes, ...validation.warnings] } }
      : {}),
  };
}
