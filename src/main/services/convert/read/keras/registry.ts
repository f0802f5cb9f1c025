import { activationLayers } from './layers/activation';
import { applicationLayers } from './layers/applications';
import { attentionLayers } from './layers/attention';
import { categoryLayers } from './layers/categories';
import { convLstmLayers } from './layers/conv-lstm';
import { convolutionLayers } from './layers/convolution';
import { coreLayers } from './layers/core';
import { einsumLayers } from './layers/einsum-dense';
import { identityLayers } from './layers/identity';
import { mergeLayers } from './layers/merge';
import { normalizationLayers } from './layers/normalization';
import { poolingLayers } from './layers/pooling';
import { preprocessingLayers } from './layers/preprocessing';
import { recurrentLayers } from './layers/recurrent';
import { spatialLayers } from './layers/spatial';
import { wrapperLayers } from './layers/wrapper';
import type { LayerDefinition, LayerTable } from './layer';
import type { KerasLayer } from './model';
import { operationOf } from './operations';

const TABLES: readonly LayerTable[] = [
  activationLayers,
  applicationLayers,
  attentionLayers,
  categoryLayers,
  convLstmLayers,
  convolutionLayers,
  coreLayers,
  einsumLayers,
  identityLayers,
  mergeLayers,
  normalizationLayers,
  poolingLayers,
  preprocessingLayers,
  recurrentLayers,
  spatialLayers,
  wrapperLayers,
];

const LAYERS: ReadonlyMap<string, LayerDefinition> = new Map(
  TABLES.flatMap((table) => Object.entries(table)),
);

/** Names of all layer classes that are written, sorted. */
export const LAYER_CLASSES: readonly string[] = Array.from(LAYERS.keys()).sort();

/** Modules whose classes are Keras's own; a class of the same name from elsewhere is another one. */
const KERAS_MODULE = /^(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.|$)|^builtins$/;

/** How a layer is written; undefined for a class that is not known, or is not Keras's. */
export function definitionOf(layer: KerasLayer): LayerDefinition | undefined {
  if (layer.module !== undefined && !KERAS_MODULE.test(layer.module)) return undefined;
  return operationOf(layer) ?? (layer.module?.includes('.ops.') ? undefined : LAYERS.get(layer.className));
}
