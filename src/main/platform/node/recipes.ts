import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@shared/error/app-error';
import { recipeSchema, type Recipe } from '@shared/model/recipe';

const ORDER = ['float32', 'float16', 'dynamic', 'int8', 'int8-io', 'uint8-io', 'int16x8'];

/** Recipes that ship with the program and, after them, the user's own (`<data>/recipes/*.json`), which win by name. */
export function loadRecipes(resourcesDir: string, dataDir: string): Recipe[] {
  const byName = new Map<string, Recipe>();
  for (const folder of [join(resourcesDir, 'recipes'), join(dataDir, 'recipes')])
    for (const recipe of readFolder(folder)) byName.set(recipe.name, recipe);
  const rank = ({ name }: Recipe): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return Array.from(byName.values()).sort((a, b) => rank(a) - rank(b));
}

function readFolder(folder: string): Recipe[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch {
    return []; // the user has none of their own
  }
  return names.map((name) => {
    const path = join(folder, name);
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new AppError(
        'recipe.invalid',
        `The recipe ${path} is not readable JSON: correct it or take it away.`,
        { cause: error },
      );
    }
    const parsed = recipeSchema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new AppError(
      'recipe.invalid',
      `The recipe ${path} is wrong at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? ''}.`,
    );
  });
}
