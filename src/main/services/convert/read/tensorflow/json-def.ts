import { AppError } from '@shared/error/app-error';
import type { SourceAttr, SourceTensor } from '../../source';
import { fieldOf, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import type { FunctionArg, RawFunction } from './function-def';
import { emptyAttrs, type RawNode } from './node-def';
import { UNKNOWN_SIZE } from './tensor-proto';
import { dtypeOfName } from './types';

const MAX_RANK = 32;
/** An attribute's lists hold attributes; nothing goes deeper. */
const MAX_LIST_DEPTH = 1;

/** A NodeDef in protobuf's JSON form. `constant` gives the contents of a Const node, which TF.js stores as a weight. */
export function nodeFromJson(json: Json, constant: (name: string) => SourceTensor | undefined): RawNode {
  const name = textOf(json, 'name', 'a node');
  const op = textOf(json, 'op', `node '${name}'`);
  const inputs = listOf(fieldOf(json, 'input')).map((input) => {
    if (typeof input !== 'string') throw damaged(`node '${name}' has an input that is no text`);
    return input;
  });
  const attrs = emptyAttrs();
  const fields = fieldOf(json, 'attr');
  if (isJsonObject(fields))
    for (const [key, value] of Object.entries(fields)) {
      const attr = value === undefined || key.startsWith('_') ? undefined : attrFromJson(value, 0);
      if (attr) attrs[key] = attr;
    }
  if (op === 'Const') {
    const tensor = constant(name);
    if (!tensor) throw damaged(`the constant '${name}' has no weight in the manifest`);
    attrs['value'] = { kind: 'tensor', value: tensor };
  }
  return { name, op, inputs, attrs };
}

/** A FunctionDef in protobuf's JSON form. */
export function functionFromJson(
  json: Json,
  constant: (name: string) => SourceTensor | undefined,
): RawFunction {
  const signature = fieldOf(json, 'signature');
  const name = textOf(signature, 'name', 'a function');
  const nodes = listOf(fieldOf(json, 'nodeDef')).map((node) => nodeFromJson(node, constant));
  const names = new Set(nodes.map((node) => node.name));
  // TF.js's converter puts the function's name before those of its constants, but not where they are returned.
  const renamed = (ref: string): string => {
    const [node = ''] = ref.split(':');
    return !names.has(node) && names.has(`${name}/${node}`) ? `${name}/${ref}` : ref;
  };
  const ret = fieldOf(json, 'ret');
  const returns = isJsonObject(ret)
    ? Object.entries(ret).map(([key, value]): [string, string] => [
        key,
        typeof value === 'string' ? renamed(value) : '',
      ])
    : [];
  return {
    name,
    args: listOf(fieldOf(signature, 'inputArg')).map(argFromJson),
    results: listOf(fieldOf(signature, 'outputArg')).map(argFromJson),
    nodes,
    returns: new Map(returns),
  };
}

/** A TensorShapeProto: sizes are texts (they are 64-bit); undefined for unknown rank. */
export function shapeFromJson(json: Json | undefined): readonly number[] | undefined {
  if (!isJsonObject(json) || fieldOf(json, 'unknownRank') === true) return undefined;
  const shape = listOf(fieldOf(json, 'dim')).map((dim) => Number(fieldOf(dim, 'size') ?? 0));
  if (shape.length > MAX_RANK || shape.some((size) => !Number.isSafeInteger(size)))
    throw damaged('a shape in it is not usable');
  return shape.map((size) => Math.max(size, UNKNOWN_SIZE));
}

export const dtypeFromJson = (json: Json | undefined): ReturnType<typeof dtypeOfName> =>
  typeof json === 'string' || typeof json === 'number' ? dtypeOfName(json) : 'other';

function argFromJson(json: Json): FunctionArg {
  return { name: textOf(json, 'name', 'an argument'), dtype: dtypeFromJson(fieldOf(json, 'type')) };
}

function attrFromJson(json: Json, depth: number): SourceAttr | undefined {
  if (!isJsonObject(json)) return undefined;
  for (const [key, value] of Object.entries(json))
    switch (key) {
      case 's':
        return { kind: 'string', value: bytesText(value) };
      case 'i':
        return { kind: 'int', value: Number(value) };
      case 'f':
        return { kind: 'float', value: Number(value) };
      case 'b':
        return { kind: 'bool', value: value === true };
      case 'type':
        return { kind: 'dtype', value: dtypeFromJson(value) };
      case 'shape':
        return { kind: 'shape', value: shapeFromJson(value) };
      case 'func':
        return { kind: 'function', value: textOf(value, 'name', 'a function') };
      case 'list':
        return depth < MAX_LIST_DEPTH && isJsonObject(value)
          ? { kind: 'list', value: listFromJson(value, depth + 1) }
          : undefined;
    }
  return undefined;
}

function listFromJson(json: JsonObject, depth: number): readonly SourceAttr[] {
  for (const [key, values] of Object.entries(json))
    if (isJsonArray(values))
      return values
        .map((value) => attrFromJson({ [key]: value }, depth))
        .filter((attr): attr is SourceAttr => attr !== undefined);
  return [];
}

/** Texts are bytes in base64; early converters wrote lists of bytes. */
function bytesText(json: Json | undefined): string {
  if (typeof json === 'string') return Buffer.from(json, 'base64').toString('utf8');
  if (isJsonArray(json)) return Buffer.from(json.map(Number)).toString('utf8');
  return '';
}

const listOf = (json: Json | undefined): readonly Json[] => (isJsonArray(json) ? json : []);

function textOf(json: Json | undefined, key: string, what: string): string {
  const text = fieldOf(json, key);
  if (typeof text !== 'string') throw damaged(`${what} has no ${key}`);
  return text;
}

const damaged = (why: string): AppError =>
  new AppError('model.unreadable', `the TensorFlow.js model is damaged: ${why}. Export the model again.`);
