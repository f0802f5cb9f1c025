import type { ConvertInput } from '@shared/api/jobs';
import type { ModelInfo } from '@shared/model/model';
import type { Recipe } from '@shared/model/recipe';
import type { ValidationReport } from '@shared/model/validation';
import { needsCalibration } from '../services/quantize';
import { accuracyAware } from './accuracy-aware';
import type { JobContext } from './jobs';
import type { MadeVariant, MadeVariants } from './make-variants';
import type { FlowTools } from './tools';
import { validateMade } from './validate-made';

interface Validated {
  readonly variant: MadeVariant;
  readonly validation: ValidationReport;
}

const NAMED = 5;

/** What is done with an integer variant after its first validation: tried with layers in float, or its layers ranked. */
export class SecondLook {
  readonly #input: Omit<ConvertInput, 'out'>;
  readonly #made: MadeVariants;
  readonly #model: ModelInfo;
  readonly #tools: FlowTools;
  readonly #job: JobContext;

  constructor(
    input: Omit<ConvertInput, 'out'>,
    made: MadeVariants,
    model: ModelInfo,
    tools: FlowTools,
    job: JobContext,
  ) {
    this.#input = input;
    this.#made = made;
    this.#model = model;
    this.#tools = tools;
    this.#job = job;
  }

  validate(variant: MadeVariant): Promise<ValidationReport> {
    return validateMade(variant, this.#made, this.#model, this.#input, this.#tools, this.#job);
  }

  async at(first: Validated): Promise<Validated> {
    if (!needsCalibration(first.variant.recipe)) return first;
    const { maxAccuracyDrop } = this.#input;
    if (maxAccuracyDrop !== undefined) return this.#accuracyAware(first, maxAccuracyDrop);
    if (first.validation.status !== 'failed') return first;
    // Which layers did it is worth another pass over the model when the variant is of no use as it is.
    return this.#ranked(first, (await this.#make(first.variant.recipe)).layers);
  }

  async #accuracyAware(first: Validated, maxDrop: number): Promise<Validated> {
    const { recipe, layers } = first.variant;
    const found = await accuracyAware(
      recipe,
      maxDrop,
      first,
      layers ?? [],
      async (changed) => {
        const variant = await this.#make(changed);
        return { variant, validation: await this.validate(variant) };
      },
      (text) => this.#job.log(text),
    );
    if (found.keptFloat.length > 0)
      this.#job.log(`${recipe.name}: kept in float: ${found.keptFloat.join(', ')}`);
    return this.#ranked(found.attempt, found.attempt.variant.layers);
  }

  async #make(recipe: Recipe): Promise<MadeVariant> {
    const { model, signature, shapes, calibration } = this.#input;
    const outFolder = this.#tools.variantsDir;
    const { variants } = await this.#tools.make(
      { model, signature, shapes, calibration, outFolder, recipes: [recipe], layers: true },
      (progress) => this.#job.progress(progress),
      this.#job.signal,
    );
    const [variant] = variants;
    if (!variant) throw new Error('one recipe makes one variant');
    return variant;
  }

  #ranked({ variant, validation }: Validated, layers: MadeVariant['layers']): Validated {
    if (!layers) return { variant, validation };
    const suspicious = layers.filter((layer) => layer.suspicious).slice(0, NAMED);
    if (suspicious.length > 0)
      this.#job.log(
        `${variant.recipe.name}: layers that lose more than rounding: ${suspicious.map(({ operator }) => operator).join(', ')}; keep them in float with --keep-float and try again`,
      );
    return { variant, validation: { ...validation, layers: [...layers] } };
  }
}
