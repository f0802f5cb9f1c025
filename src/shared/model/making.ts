import * as z from 'zod';
import { recipeSchema } from './recipe';

/** All that made a variant of its model: the same again, on the same model and data, gives the same bytes. */
export const makingSchema = z.object({
  /** In full, with the layers that were kept in float. */
  recipe: recipeSchema,
  /** The signature that was asked for; all of the model's when left out. */
  signature: z.string().optional(),
  /** Shapes that inputs were fixed to. */
  shapes: z.record(z.string(), z.array(z.number().int())).optional(),
  /** Calibration data: where it lay, and the SHA-256 of its content; random data when left out. */
  calibration: z.object({ path: z.string(), hash: z.string() }).optional(),
});
export type Making = z.infer<typeof makingSchema>;

/** Patterns of the layers that an integer recipe keeps in a float type. */
export const keptFloat = ({ recipe }: Pick<Making, 'recipe'>): string[] =>
  recipe.overrides
    .filter(({ precision }) => precision.startsWith('float'))
    .map(({ name, type }) => name ?? `every ${type ?? 'operator'}`);
