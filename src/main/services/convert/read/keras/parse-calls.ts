import { fieldOf, isJsonArray, isJsonObject, type Json } from '../json';
import type { Arg, LayerCall, TensorKey } from './model';
import { badConfig } from './refusal';

/** Reads a layer's `inbound_nodes`, as Keras 1 and 2 (nested lists) or as Keras 3 (args and kwargs) write them. */
export function parseCalls(nodes: Json | undefined, where: string): LayerCall[] {
  if (nodes === undefined || nodes === null) return [];
  if (!isJsonArray(nodes)) throw badConfig(where, 'inbound_nodes is no list');
  return nodes.map((node) => (isJsonObject(node) ? newCall(node, where) : oldCall(node, where)));
}

function newCall(node: Json, where: string): LayerCall {
  const args = fieldOf(node, 'args');
  const kwargs = fieldOf(node, 'kwargs') ?? {};
  if (!isJsonArray(args) || !isJsonObject(kwargs)) throw badConfig(where, 'a call without args and kwargs');
  const named = Object.entries(kwargs).map(([name, value]) => [name, newArg(value ?? null, where)] as const);
  return { args: args.map((arg) => newArg(arg, where)), kwargs: new Map(named) };
}

function newArg(json: Json, where: string): Arg {
  if (isJsonArray(json)) return { kind: 'list', items: json.map((item) => newArg(item, where)) };
  if (!isJsonObject(json)) return { kind: 'value', value: json };
  const config = fieldOf(json, 'config');
  switch (fieldOf(json, 'class_name')) {
    case '__keras_tensor__': {
      const key = keyOf(fieldOf(config, 'keras_history'));
      if (!key) throw badConfig(where, 'a tensor without history');
      return { kind: 'tensor', key };
    }
    case '__tuple__': {
      const items = fieldOf(json, 'items') ?? config;
      if (!isJsonArray(items)) throw badConfig(where, 'a tuple without items');
      return { kind: 'list', items: items.map((item) => newArg(item, where)) };
    }
    case '__tensor__':
    case '__numpy__':
      return { kind: 'value', value: fieldOf(config, 'value') ?? null };
    case '__ellipsis__':
      return { kind: 'ellipsis' };
    case '__slice__': {
      const part = (name: string): Arg => newArg(fieldOf(config, name) ?? null, where);
      return { kind: 'slice', start: part('start'), stop: part('stop'), step: part('step') };
    }
    default:
      return { kind: 'value', value: json };
  }
}

/**
 * A node of Keras 2 is a list of [layer, call, tensor, kwargs], one per tensor of the first argument; a single tensor may
 * stand without the list around. A constant is ['_CONSTANT_VALUE', -1, value, kwargs].
 */
function oldCall(node: Json, where: string): LayerCall {
  if (!isJsonArray(node)) throw badConfig(where, 'a call that is no list');
  const kwargs = new Map<string, Arg>();
  const isOne = typeof node[0] === 'string';
  const items = (isOne ? [node] : node).map((entry) => oldTensor(entry, kwargs, where));
  const [only] = items;
  return { args: [items.length === 1 && only ? only : { kind: 'list', items }], kwargs };
}

function oldTensor(entry: Json, kwargs: Map<string, Arg>, where: string): Arg {
  if (!isJsonArray(entry)) throw badConfig(where, 'an operand that is no list');
  if (typeof entry[0] !== 'string')
    return { kind: 'list', items: entry.map((each) => oldTensor(each, kwargs, where)) };
  const named = entry[3];
  if (isJsonObject(named))
    for (const [name, value] of Object.entries(named)) kwargs.set(name, oldValue(value ?? null));
  if (entry[0] === '_CONSTANT_VALUE') return { kind: 'value', value: entry[2] ?? null };
  const key = keyOf(entry);
  if (!key) throw badConfig(where, 'an operand that names no layer');
  return { kind: 'tensor', key };
}

/** Values of Keras 2 keyword arguments; a list of a name and two numbers is a tensor. */
function oldValue(json: Json): Arg {
  if (isJsonArray(json)) {
    const key = json.length === 3 ? keyOf(json) : undefined;
    return key ? { kind: 'tensor', key } : { kind: 'list', items: json.map(oldValue) };
  }
  if (fieldOf(json, 'class_name') === '__tuple__') return oldValue(fieldOf(json, 'items') ?? []);
  if (isJsonObject(json) && 'start' in json && 'stop' in json) {
    const part = (name: string): Arg => oldValue(fieldOf(json, name) ?? null);
    return { kind: 'slice', start: part('start'), stop: part('stop'), step: part('step') };
  }
  return { kind: 'value', value: json };
}

/** [layer name, call, tensor] as a key; undefined when it is none. */
export function keyOf(json: Json | undefined): TensorKey | undefined {
  if (!isJsonArray(json)) return undefined;
  const [layer, call, tensor] = json;
  if (typeof layer !== 'string' || !Number.isSafeInteger(call) || !Number.isSafeInteger(tensor))
    return undefined;
  return { layer, call: call as number, tensor: tensor as number };
}
