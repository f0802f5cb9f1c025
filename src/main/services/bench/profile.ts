import { AppError } from '@shared/error/app-error';
import { profileSchema, type Profile } from '@shared/model/profile';

/** A profile from its JSON, with the user's own numbers over it. Throws `recipe.invalid` when it is none. */
export function parseProfile(json: unknown, own: Partial<Profile> = {}): Profile {
  const parsed = profileSchema.safeParse({ ...(json as object), ...own });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'recipe.invalid',
    `The measurement profile is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong form'}.`,
  );
}
