import { fieldOf, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import { Config } from './config';
import type { KerasLayer, KerasModel, LayerCall, TensorKey } from './model';
import { keyOf, parseCalls } from './parse-calls';
import { normalized } from './normalize-layer';
import { badConfig } from './refusal';

const MODEL_CLASSES: readonly unknown[] = ['Functional', 'Sequential', 'Model'];
const WRAPPED = ['layer', 'forward_layer', 'backward_layer'] as const;
const MAX_NESTING = 32;

/** Reads a model's configuration ({class_name, config}). Anything but Functional and Sequential gives undefined. */
export function parseModel(json: Json, path: string, depth = 0): KerasModel | undefined {
  if (depth > MAX_NESTING) throw badConfig(path, `models are nested deeper than ${MAX_NESTING}`);
  const className = fieldOf(json, 'class_name');
  const config = fieldOf(json, 'config');
  if (!MODEL_CLASSES.includes(className)) return undefined;
  // Keras before 2.2 wrote a Sequential's config as the list of its layers.
  const layers = isJsonArray(config) ? config : fieldOf(config, 'layers');
  if (!isJsonArray(layers)) throw badConfig(path || 'model', 'it has no list of layers');
  const name = nameOf(config, 'model');
  const parsed = layers.map((layer, i) =>
    parseLayer(layer, path, `layer ${i + 1} of ${layers.length} of '${name}'`, depth),
  );
  checkNames(parsed, name);
  if (className === 'Sequential') return sequential(name, parsed, config);
  const inputs = keysOf(fieldOf(config, 'input_layers'), path);
  const outputs = keysOf(fieldOf(config, 'output_layers'), path);
  if (inputs.length === 0 || outputs.length === 0) {
    if (layers.length > 0 && fieldOf(config, 'input_layers') === undefined)
      return sequential(name, parsed, config);
    throw badConfig(path || name, 'it has no inputs or outputs');
  }
  return { name, layers: parsed, inputs, outputs };
}

function parseLayer(given: Json, parent: string, place: string, depth: number): KerasLayer {
  const json = normalized(given);
  const className = fieldOf(json, 'class_name');
  const raw = fieldOf(json, 'config') ?? {};
  if (typeof className !== 'string') throw badConfig(parent || 'model', `${place} has no class`);
  const config: JsonObject = isJsonObject(raw) ? raw : {};
  const named = fieldOf(json, 'name');
  const name = typeof named === 'string' ? named : nameOf(config, className.toLowerCase());
  const path = parent === '' ? name : `${parent}/${name}`;
  const module = fieldOf(json, 'module');
  return {
    className,
    savedClass: String(fieldOf(given, 'class_name')),
    module: typeof module === 'string' ? module : undefined,
    name,
    path,
    place,
    config: new Config(config),
    calls: parseCalls(fieldOf(json, 'inbound_nodes'), path),
    trainable: fieldOf(config, 'trainable') !== false,
    model: parseModel(json, path, depth + 1),
    inner: innerLayers(config, path, place, depth),
  };
}

function innerLayers(
  config: JsonObject,
  path: string,
  place: string,
  depth: number,
): Map<string, KerasLayer> {
  const inner = new Map<string, KerasLayer>();
  if (depth > MAX_NESTING) throw badConfig(path, `layers are nested deeper than ${MAX_NESTING}`);
  for (const key of WRAPPED) {
    const json = fieldOf(config, key);
    if (isJsonObject(json) && fieldOf(json, 'class_name') !== undefined)
      inner.set(key, parseLayer(json, path, `in ${place}`, depth + 1));
  }
  return inner;
}

/** A chain: each layer is called once, with what the one before gives. An input layer may stand first or be implied. */
function sequential(name: string, layers: readonly KerasLayer[], config: Json | undefined): KerasModel {
  const [first] = layers;
  if (!first) throw badConfig(name, 'it has no layers');
  const hasInput = first.className === 'InputLayer';
  const input = hasInput ? first : impliedInput(name, first, config);
  const chain = hasInput ? layers.slice(1) : layers;
  let before: TensorKey = { layer: input.name, call: 0, tensor: 0 };
  const called = chain.map((layer) => {
    const call: LayerCall = { args: [{ kind: 'tensor', key: before }], kwargs: new Map() };
    before = { layer: layer.name, call: 0, tensor: 0 };
    return { ...layer, calls: [call] };
  });
  return {
    name,
    layers: [input, ...called],
    inputs: [{ layer: input.name, call: 0, tensor: 0 }],
    outputs: [before],
  };
}

function impliedInput(name: string, first: KerasLayer, config: Json | undefined): KerasLayer {
  const shape =
    first.config.get('batch_input_shape') ??
    first.model?.layers[0]?.config.get('batch_input_shape') ??
    first.model?.layers[0]?.config.get('batch_shape') ??
    fieldOf(config, 'build_input_shape') ??
    undefined;
  const dtype = first.className === 'Embedding' ? 'float32' : (first.config.get('dtype') ?? 'float32');
  // Keras names the input of a model without an input layer after its first layer.
  const inputName = `${first.name}_input`;
  return {
    className: 'InputLayer',
    savedClass: 'InputLayer',
    module: undefined,
    name: inputName,
    path: inputName,
    place: `input of '${name}'`,
    config: new Config({
      name: inputName,
      dtype,
      ...(shape === undefined ? {} : { batch_input_shape: shape }),
    }),
    calls: [],
    trainable: true,
    model: undefined,
    inner: new Map(),
  };
}

/** One key, a list of keys, or an object of keys (inputs given as a dict, in the order of its names). */
function keysOf(json: Json | undefined, where: string): TensorKey[] {
  if (json === undefined || json === null) return [];
  const single = keyOf(json);
  if (single) return [single];
  const items = isJsonArray(json) ? json : isJsonObject(json) ? sortedValues(json) : [];
  return items.flatMap((item) => {
    const keys = keysOf(item ?? null, where);
    if (keys.length === 0) throw badConfig(where || 'model', 'an input or output that names no layer');
    return keys;
  });
}

const sortedValues = (json: JsonObject): Json[] =>
  Object.keys(json)
    .sort()
    .map((key) => json[key] ?? null);

function nameOf(config: Json | undefined, fallback: string): string {
  const name = fieldOf(config, 'name');
  return typeof name === 'string' ? name : fallback;
}

function checkNames(layers: readonly KerasLayer[], model: string): void {
  const names = new Set(layers.map((layer) => layer.name));
  if (names.size !== layers.length) throw badConfig(model, 'two layers have the same name');
}
