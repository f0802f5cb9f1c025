import type { KerasLayer, KerasModel } from './model';
import type { LayerProblem } from './refusal';
import { definitionOf } from './registry';

/** What is said of classes that can hold code or reach outside of the file. */
const ADVICE: Readonly<Record<string, string>> = {
  Lambda: 'it holds Python code, which is never run; write it with layers or operators of Keras instead',
  TFSMLayer: 'it refers to a SavedModel elsewhere; convert that one instead',
  StringLookup: 'it works on texts and may refer to another file; look words up before the model',
  IntegerLookup: 'it looks values up in a table; do that before the model',
  TextVectorization: 'it works on texts; split them before the model',
  Hashing: 'it works on texts; hash them before the model',
};

/** All layers of classes that are not known, wherever they stand, without writing anything. */
export function scanModel(model: KerasModel): LayerProblem[] {
  return model.layers.flatMap(scanLayer);
}

function scanLayer(layer: KerasLayer): LayerProblem[] {
  const inside = [...layer.inner.values()].flatMap((inner) => (isCell(inner) ? [] : scanLayer(inner)));
  if (layer.model) return [...scanModel(layer.model), ...inside];
  if (layer.className === 'InputLayer' || definitionOf(layer)) return inside;
  const { className, path, place } = layer;
  const name = layer.config.get('function');
  const custom = layer.module !== undefined && !/^(tf_)?keras\b/.test(layer.module);
  const reason =
    ADVICE[className] ??
    (typeof name === 'string' ? `the function tf.${name} between layers is not supported` : undefined) ??
    (custom
      ? `it is a class of '${layer.module}', not of Keras, and its code is never loaded`
      : 'this class of layer is not supported');
  return [{ className, path, place, reason }, ...inside];
}

/** Cells of recurrent layers are read by the layer around them. */
const isCell = (layer: KerasLayer): boolean => layer.className.endsWith('Cell');
