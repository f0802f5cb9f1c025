import { oc } from '@orpc/contract';
import * as z from 'zod';
import { modelInfoSchema, variantInfoSchema } from '../model/model';
import { recipeSchema } from '../model/recipe';

const path = z.string().min(1).max(4096);

export const modelsApi = {
  list: oc.output(z.array(modelInfoSchema)),
  /** Reads a model (or a .tflite file) and says what it is; stores it in the list. */
  add: oc.input(z.strictObject({ path })).output(modelInfoSchema),
  remove: oc.input(z.strictObject({ id: z.string() })).output(z.void()),
  variants: oc.input(z.strictObject({ modelId: z.string().optional() })).output(z.array(variantInfoSchema)),
  recipes: oc.output(z.array(recipeSchema)),
  /** The models that come with the program, each with its data. */
  samples: oc.output(
    z.array(z.object({ name: z.string(), title: z.string(), path, data: path, calibration: path })),
  ),
};
