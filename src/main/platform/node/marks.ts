import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@shared/error/app-error';
import { validationMarksSchema, type ValidationMarks } from '@shared/model/validation';

/**
 * What a variant has to reach to pass validation: resources/marks.json, with what the user's own `<data>/marks.json` says
 * instead. Cosine and SNR as LiteRT's accuracy debugger has them, the accuracy ratio as MLPerf Mobile's rules for
 * classification. Fails with `recipe.invalid` naming the file.
 */
export function loadMarks(resourcesDir: string, dataDir: string): ValidationMarks {
  const own = join(dataDir, 'marks.json');
  const shipped = validationMarksSchema.parse(
    JSON.parse(readFileSync(join(resourcesDir, 'marks.json'), 'utf8')),
  );
  if (!existsSync(own)) return shipped;
  try {
    const changes = validationMarksSchema
      .partial()
      .strict()
      .parse(JSON.parse(readFileSync(own, 'utf8')));
    return validationMarksSchema.parse({ ...shipped, ...changes });
  } catch (cause) {
    throw new AppError(
      'recipe.invalid',
      `The pass marks ${own} are wrong: give numbers for minCosine, minSnrDb and minAccuracyRatio, or take the file away.`,
      { cause },
    );
  }
}
