import { AppError } from '@shared/error/app-error';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

const MAX_BYTES = 256 * 2 ** 20;
const MAX_DEPTH = 200;

/**
 * Parses JSON of an untrusted model file; `what` names it in messages. Refuses (`model.unreadable`) what is no JSON, is nested
 * deeper than 200, larger than 256 MiB, or has a key `__proto__`.
 */
export function parseModelJson(bytes: Uint8Array, what: string): Json {
  if (bytes.byteLength > MAX_BYTES) throw unreadable(what, 'it is larger than 256 MiB');
  if (depthOf(bytes) > MAX_DEPTH) throw unreadable(what, `it is nested deeper than ${MAX_DEPTH} levels`);
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw unreadable(what, 'it is not valid JSON (NaN and Infinity are not allowed either)', cause);
  }
  if (hasProtoKey(json)) throw unreadable(what, "it has a key '__proto__'");
  return json;
}

export const isJsonObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export const isJsonArray = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

/** The value under a key that must be an object's own; undefined when there is none. */
export const fieldOf = (json: Json | undefined, key: string): Json | undefined =>
  isJsonObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;

const unreadable = (what: string, why: string, cause?: unknown): AppError =>
  new AppError('model.unreadable', `${what} cannot be read: ${why}. Export the model again.`, { cause });

/** Greatest nesting of brackets outside strings, found without building anything. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < bytes.length && deepest <= MAX_DEPTH; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}

function hasProtoKey(json: Json): boolean {
  const stack: Json[] = [json];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next) && Object.hasOwn(next, '__proto__')) return true;
    for (const child of Object.values(next) as Json[]) if (typeof child === 'object') stack.push(child);
  }
  return false;
}
