import { oc } from '@orpc/contract';
import * as z from 'zod';
import { modelInfoSchema, tensorSpecSchema, variantInfoSchema } from '../model/model';
import { recipeSchema } from '../model/recipe';

const path = z.string().min(1).max(4096);

export const modelsApi = {
  list: oc.output(z.array(modelInfoSchema)),
  /** Reads a model (or a .tflite file) and says what it is; stores it in the list. */
  add: oc.input(z.strictObject({ path })).output(modelInfoSchema),
  remove: oc.input(z.strictObject({ id: z.string() })).output(z.void()),
  variants: oc.input(z.strictObject({ modelId: z.string().optional() })).output(z.array(variantInfoSchema)),
  recipes: oc.output(z.array(recipeSchema)),
  /** One pass of a .tflite file over the arrays of a .npz file; the outputs are written to another. */
  run: oc
    .input(
      z.strictObject({
        variant: path,
        inputs: path,
        outputs: path,
        signature: z.string().max(256).optional(),
        runtime: z.enum(['tflite-2.21', 'tflite-2.9']).default('tflite-2.21'),
        xnnpack: z.boolean().optional(),
      }),
    )
    .output(z.object({ file: z.string(), runtimeVersion: z.string(), outputs: z.array(tensorSpecSchema) })),
  /** The models that come with the program, each with its data. */
  samples: oc.output(
    z.array(z.object({ name: z.string(), title: z.string(), path, data: path, calibration: path })),
  ),
};
