import { badReply, replyJson } from '@shared/cloud/json-tensor';
import type { HttpReply } from '@main/ports/http-client';

export type Fields = Readonly<Record<string, unknown>>;

/** An object's own fields; anything else counts as having none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const own = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** The JSON object of a reply (its first `length` bytes). A server's own `{"error": …}` becomes part of the message. */
export function replyFields(reply: HttpReply, length = reply.body.length): Fields {
  const value = replyJson(new TextDecoder().decode(reply.body.subarray(0, length)));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badReply('body', 'is no JSON object');
  const error = own(value as Fields, 'error');
  if (error !== undefined) throw badReply('error', `says: ${JSON.stringify(error).slice(0, 200)}`);
  return value as Fields;
}

/** The reply's object, or undefined when it is none: for what a server may offer or not. */
export function optionalFields(reply: HttpReply): Fields | undefined {
  if (reply.status !== 200) return undefined;
  try {
    return replyFields(reply);
  } catch {
    return undefined;
  }
}
