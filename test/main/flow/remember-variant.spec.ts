import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rememberVariant } from '@main/flow/remember-variant';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore, type Store } from '@main/services/store';
import { recipeSchema } from '@shared/model/recipe';
import { sampleVariant } from '@test/support/sample-variant';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

async function emptyStore(): Promise<Store> {
  const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
  onTestFinished(() => store.close());
  return store;
}

const recipe = (name: string) => recipeSchema.parse({ name, title: name, precision: 'int8' });

describe.skipIf(sqliteMissing)(`variants in the store ${sqliteMissing ?? ''}`, () => {
  it('keep a validation when the same bytes are made without one', async () => {
    const store = await emptyStore();
    const first = sampleVariant();
    await rememberVariant(first, store);
    const { validation: _, ...unvalidated } = sampleVariant({ path: 'elsewhere.tflite' });
    await rememberVariant(unvalidated, store);
    expect(await store.variants.get(first.id)).toMatchObject({
      path: 'elsewhere.tflite',
      validation: first.validation,
    });
  });

  it('keep the first of two recipes that give the same bytes, and name the other', async () => {
    const store = await emptyStore();
    const plain = sampleVariant({ recipe: 'float32', making: { recipe: recipe('float32') } });
    await rememberVariant(plain, store);
    for (let i = 0; i < 2; i++)
      await rememberVariant(
        sampleVariant({ recipe: 'dynamic', making: { recipe: recipe('dynamic') } }),
        store,
      );
    expect(await store.variants.get(plain.id)).toMatchObject({
      recipe: 'float32',
      making: { recipe: { name: 'float32' } },
      sameAs: ['dynamic'],
    });
  });

  it('keep the recipe in full, with the layers that were kept in float', async () => {
    const store = await emptyStore();
    const overrides = [{ name: 'conv*', precision: 'float32' as const }];
    const making = {
      recipe: { ...recipe('int8'), overrides },
      shapes: { x: [1, 8, 8, 1] },
      calibration: { path: 'data.npz', hash: 'f'.repeat(64) },
    };
    await rememberVariant(sampleVariant({ making }), store);
    expect((await store.variants.get(sampleVariant().id))?.making).toEqual(making);
  });
});
