import type { VariantInfo } from '@shared/model/model';
import type { Store } from '../services/store';
import { withDeviceStages } from './remember-device-stage';

/**
 * Keeps a variant under its bytes' hash. What is known already is not lost: an earlier validation stays when there is no new one, and of
 * two recipes that give the same bytes of one model the first stays, with the other's name beside it.
 */
export async function rememberVariant(
  made: VariantInfo,
  { variants }: Pick<Store, 'variants'>,
): Promise<VariantInfo> {
  const known = await variants.get(made.id);
  const earlier = known?.modelId === made.modelId ? known : undefined;
  const names = new Set([...(earlier?.sameAs ?? []), made.recipe]);
  const first = earlier ?? made;
  names.delete(first.recipe);
  const validation = withDeviceStages(made.validation, earlier?.validation);
  const kept: VariantInfo = {
    ...made,
    recipe: first.recipe,
    precision: first.precision,
    // The same recipe again may have been changed meanwhile, or may have got its full text only now.
    making: first.recipe === made.recipe ? (made.making ?? first.making) : first.making,
    ...(names.size > 0 ? { sameAs: [...names].sort() } : {}),
    ...(validation ? { validation } : {}),
  };
  await variants.put(kept.id, kept, { parent: kept.modelId });
  return kept;
}
