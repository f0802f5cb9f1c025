import { accuracyAware, keepingFloat } from '@main/flow/accuracy-aware';
import { recipeSchema, type Recipe } from '@shared/model/recipe';
import type { LayerError, ValidationReport } from '@shared/model/validation';
import { expect, it } from 'vitest';

const recipe = recipeSchema.parse({ name: 'int8', title: 'int8', precision: 'int8' });
const layers = Array.from({ length: 12 }, (_, i): LayerError => ({
  operator: `layer ${i}`,
  type: 'CONV_2D',
  rmseOverScale: 12 - i,
  snrDb: 10,
  suspicious: true,
}));

/** A model whose accuracy falls by a point for each of the worst layers that is not float. */
function search(bad: number, maxDrop: number) {
  const tried: number[] = [];
  const attempt = (used: Recipe) => {
    const kept = new Set(used.overrides.map(({ name }) => name));
    const wrong = layers.slice(0, bad).filter(({ operator }) => !kept.has(operator)).length;
    tried.push(kept.size);
    return {
      validation: {
        accuracy: { before: 0.99, after: 0.99 - wrong / 100, samples: 100 },
        stages: [],
      } as unknown as ValidationReport,
    };
  };
  const result = accuracyAware(
    recipe,
    maxDrop,
    attempt(recipe),
    layers,
    (used) => Promise.resolve(attempt(used)),
    () => undefined,
  );
  return { result, tried };
}

it('keeps as few layers in float as are needed', async () => {
  for (const bad of [0, 1, 2, 3, 5, 6, 7, 11, 12]) {
    const { keptFloat } = await search(bad, 0).result;
    expect(keptFloat).toEqual(layers.slice(0, bad).map(({ operator }) => operator));
  }
  expect((await search(7, 0.02).result).keptFloat).toHaveLength(5);
});

it('needs about twice the logarithm of their number in tries', async () => {
  const { result, tried } = search(6, 0);
  await result;
  expect(tried).toEqual([0, 1, 2, 4, 8, 6, 5]);
});

it('says so when nothing is enough, or there is nothing to measure by', async () => {
  const worse = {
    validation: {
      accuracy: { before: 0.9, after: 0.5, samples: 9 },
      stages: [],
    } as unknown as ValidationReport,
  };
  await expect(
    accuracyAware(
      recipe,
      0,
      worse,
      layers,
      () => Promise.resolve(worse),
      () => undefined,
    ),
  ).rejects.toThrow(/40\.00 points even with 12 layers in float/);
  const unknown = { validation: { stages: [] } as unknown as ValidationReport };
  await expect(
    accuracyAware(
      recipe,
      0,
      unknown,
      layers,
      () => Promise.resolve(unknown),
      () => undefined,
    ),
  ).rejects.toThrow(/needs something to measure accuracy by/);
});

it('adds to what a recipe keeps already', () => {
  const own = { ...recipe, overrides: [{ type: 'ADD', precision: 'float32' as const }] };
  expect(keepingFloat(own, ['a']).overrides).toEqual([
    { type: 'ADD', precision: 'float32' },
    { name: 'a', precision: 'float32' },
  ]);
});
