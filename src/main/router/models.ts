import { join, resolve } from 'node:path';
import { AppError } from '@shared/error/app-error';
import type { App } from '../create-app';
import { describeVariant } from '../flow/describe-variant';
import { inspectModel } from '../flow/inspect-model';
import { readArrays, writeArrays } from '../services/data';
import type { Builder } from '.';

export const modelsRouter = (os: Builder, app: App) => ({
  list: os.models.list.handler(async () => [...(await app.tools.store.models.list())]),
  add: os.models.add.handler(({ input, signal }) =>
    inspectModel(input.path, app.tools, signal ?? new AbortController().signal),
  ),
  remove: os.models.remove.handler(async ({ input }) => {
    await app.tools.store.models.delete(input.id);
  }),
  variants: os.models.variants.handler(async ({ input }) => [
    ...(await app.tools.store.variants.list(input.modelId === undefined ? {} : { parent: input.modelId })),
  ]),
  recipes: os.models.recipes.handler(() => [...app.tools.recipes]),
  samples: os.models.samples.handler(() => {
    const folder = join(app.resourcesDir, 'samples', 'digits');
    return [
      {
        name: 'digits',
        title: 'Handwritten-like digits, 8x8 pixels (bundled)',
        path: join(folder, 'saved_model'),
        data: join(folder, 'test.npz'),
        calibration: join(folder, 'calibration.npz'),
      },
    ];
  }),
  run: os.models.run.handler(async ({ input }) => {
    const runtime = app.tools.runtimes.find(({ id }) => id === input.runtime);
    const why = runtime ? await runtime.unavailable() : 'it is not part of this build';
    if (!runtime || why !== undefined)
      throw new AppError('runtime.unavailable', `${input.runtime} cannot be used here: ${why}`);
    const { signatures } = describeVariant(input.variant, app.tools.files);
    const signature =
      input.signature === undefined ? signatures[0] : signatures.find(({ key }) => key === input.signature);
    if (!signature)
      throw new AppError(
        'usage.wrong',
        `${input.variant} has no signature '${input.signature ?? ''}'. It has: ${signatures.map(({ key }) => key).join(', ') || 'none'}.`,
      );
    const arrays = await readArrays(input.inputs);
    const inputs = Object.fromEntries(
      signature.inputs.map(({ name, dtype, shape }) => {
        const array = arrays[name];
        if (!array)
          throw new AppError(
            'data.invalid',
            `${input.inputs} has no array '${name}'. It needs: ${signature.inputs.map((port) => `'${port.name}'`).join(', ')}.`,
          );
        if (array.dtype !== dtype)
          throw new AppError(
            'data.invalid',
            `Array '${name}' of ${input.inputs} is ${array.dtype} where the model takes ${dtype}.`,
          );
        const fits =
          array.shape.length === shape.length && shape.every((dim, i) => dim < 0 || dim === array.shape[i]);
        if (!fits)
          throw new AppError(
            'data.invalid',
            `Array '${name}' of ${input.inputs} is [${array.shape.join(', ')}] where the model takes [${shape.join(', ')}].`,
          );
        // The runtime takes samples along a first axis of their own; this is one.
        return [name, { ...array, shape: [1, ...array.shape] }];
      }),
    );
    const result = await runtime.run({
      modelPath: resolve(input.variant),
      signature: signature.key,
      inputs,
      ...(input.xnnpack === undefined ? {} : { xnnpack: input.xnnpack }),
    });
    const outputs = Object.fromEntries(
      Object.entries(result.outputs).map(([name, tensor]) => [
        name,
        { ...tensor, shape: tensor.shape.slice(1) },
      ]),
    );
    await writeArrays(input.outputs, outputs);
    return {
      file: resolve(input.outputs),
      runtimeVersion: result.runtimeVersion,
      outputs: Object.entries(outputs).map(([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape: [...shape],
      })),
    };
  }),
});
