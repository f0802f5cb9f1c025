import type { VariantInfo } from '@shared/model/model';
import type { Command } from 'commander';
import { given, parseList, parsePoints, parseShape } from '../arguments';
import { follow, type Session } from '../session';
import { bytesText } from '@shared/text/figures';
import { recipeTitle } from '@shared/text/making';
import { table } from '@shared/text/terminal-table';

interface ConvertFlags {
  readonly recipe: string[];
  readonly out: string;
  readonly signature?: string;
  readonly shape?: Record<string, number[]>;
  readonly calibration?: string;
  readonly data?: string;
  readonly targetRuntime?: string;
  readonly keepFloat?: string[];
  readonly maxAccuracyDrop?: number;
  readonly again?: string;
  readonly validate: boolean;
}

/** The flags that say what to make of a model; `bench` has them too. */
export const withConvertFlags = (command: Command): Command =>
  command
    .option('-r, --recipe <names>', 'recipes, separated by commas', parseList, ['float32'])
    .option('--signature <key>', 'signature of the model (default: serving_default)')
    .option('--shape <input=dims>', 'fix an input, e.g. image=1,224,224,3 (repeatable)', parseShape)
    .option('--calibration <path>', 'samples to quantize with (.npz, .npy, folder of pictures)')
    .option('--data <path>', 'samples to validate with; an array "labels" in it gives the accuracy')
    .option('--target-runtime <version>', 'oldest TFLite runtime to be right on, e.g. 2.9')
    .option(
      '--keep-float <layers>',
      'layers that integer recipes keep in float, separated by commas',
      parseList,
    )
    .option(
      '--max-accuracy-drop <points>',
      'keep as few layers in float as it takes to lose no more, e.g. 0.5',
      parsePoints,
    )
    .option(
      '--again <sha256>',
      'make this stored variant once more: its own recipe, signature, shapes, calibration',
    );

export function addConvert(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  withConvertFlags(program.command('convert'))
    .argument('<model>', 'SavedModel folder, .keras, .h5, TF.js model.json or .tflite')
    .option('-o, --out <path>', 'file for one recipe, or a folder', '.')
    .option('--no-validate', 'do not compare with the original; the variants are marked as not validated')
    .description('convert and quantize a model to TFLite, and validate the result against the original')
    .action((model: string, flags: ConvertFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const job = await client.jobs.convert(
          given({
            model,
            recipes: flags.recipe,
            out: flags.out,
            signature: flags.signature,
            shapes: flags.shape,
            calibration: flags.calibration,
            data: flags.data,
            targetRuntime: flags.targetRuntime,
            keepFloat: flags.keepFloat,
            maxAccuracyDrop: flags.maxAccuracyDrop,
            again: flags.again,
            validate: flags.validate ? undefined : false,
          }),
        );
        const done = await follow(client, job, output);
        const all = await client.models.variants(given({ modelId: done.modelId }));
        const variants = done.variantIds.flatMap((id) => all.find((variant) => variant.id === id) ?? []);
        output.result(
          { modelId: done.modelId, files: done.files, variants },
          convertTable(variants, done.files),
        );
      }),
    );
}

/** Variants as a table; `files` are where the user wanted them, in the same order. */
export function convertTable(variants: readonly VariantInfo[], files?: readonly string[]): string {
  const rows = variants.map((variant, i) => [
    recipeTitle(variant),
    bytesText(variant.bytes),
    `${((variant.bytes / variant.originalBytes) * 100).toFixed(0)} %`,
    String(variant.operators.reduce((sum, operator) => sum + operator.count, 0)),
    variant.minRuntimeVersion,
    validationText(variant),
    ...(files ? [files[i] ?? variant.path] : []),
  ]);
  return table(
    ['recipe', 'size', 'of original', 'operators', 'needs TFLite', 'validation', ...(files ? ['file'] : [])],
    rows,
  );
}

/** "passed (cosine 1.0000, accuracy 98.5 % of 98.5 %)" in few words. */
export function validationText(variant: VariantInfo): string {
  const report = variant.validation;
  if (!report) return 'not validated';
  const stage =
    report.stages.find((candidate) => candidate.stage === 'original-to-variant') ?? report.stages.at(-1);
  const cosines = (stage?.outputs ?? []).map((o) => o.cosine).filter((c): c is number => c !== null);
  const accuracy = report.accuracy
    ? `, accuracy ${(report.accuracy.after * 100).toFixed(1)} % (before ${(report.accuracy.before * 100).toFixed(1)} %)`
    : '';
  const cosine = cosines.length > 0 ? ` cosine ${Math.min(...cosines).toFixed(4)}` : '';
  const verdict = report.status === 'failed' ? 'FAILED' : report.status;
  return `${verdict}${cosine}${accuracy}${report.data.random ? ' on random data' : ''}`;
}
