import { dataset, group, hdf5File, type Hdf5Node } from './hdf5-writer';
import { zipFile, type ZipItem } from './zip-writer';

type Json = Record<string, unknown>;

/** A Sequential model of one Dense layer (3 to 2), as Keras 2 writes it in HDF5. */
export const denseConfig = (extra: readonly Json[] = []): Json => ({
  class_name: 'Sequential',
  config: {
    name: 'tiny',
    layers: [
      { class_name: 'InputLayer', config: { batch_input_shape: [null, 3], dtype: 'float32', name: 'x' } },
      {
        class_name: 'Dense',
        config: { name: 'd', trainable: true, units: 2, activation: 'relu', use_bias: true },
      },
      ...extra,
    ],
  },
});

export const kernel = dataset([3, 2], [1, 2, 3, 4, 5, 6]);
export const bias = dataset([2], [0.5, -0.5]);

/** That model as .h5; `weights` replaces the group of the Dense layer's variables. */
export const denseH5 = (
  weights: Hdf5Node = group({ 'kernel:0': kernel, 'bias:0': bias }),
  config = denseConfig(),
): Uint8Array =>
  hdf5File(
    group(
      {
        model_weights: group(
          { d: group({ d: weights }, { weight_names: ['d/kernel:0', 'd/bias:0'] }) },
          { layer_names: ['x', 'd'] },
        ),
      },
      { model_config: [JSON.stringify(config)], keras_version: ['2.15.0'], backend: ['tensorflow'] },
    ),
  );

/** Same as a .keras archive; `extra` entries come behind the usual ones. */
export function denseKeras(
  options: { config?: Json; extra?: readonly ZipItem[]; deflate?: boolean } = {},
): Uint8Array {
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const weights = hdf5File(
    group({ layers: group({ dense: group({ vars: group({ '0': kernel, '1': bias }) }) }) }),
  );
  return zipFile([
    { name: 'metadata.json', data: json({ keras_version: '3.4.1' }) },
    { name: 'config.json', data: json(options.config ?? denseConfig()) },
    { name: 'model.weights.h5', data: weights, deflate: options.deflate ?? false },
    ...(options.extra ?? []),
  ]);
}
