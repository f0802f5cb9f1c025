import { createHash } from 'node:crypto';
import type { ConstantData } from './ir';
import { finish, stepsOf, type Steps } from './steps';

/** The same for equal contents, different for different ones. */
export const contentKey = (bytes: Uint8Array): string =>
  bytes.byteLength <= 32
    ? `${bytes.byteLength}:${Buffer.from(bytes).toString('hex')}`
    : `${bytes.byteLength}:${createHash('sha256').update(bytes).digest('base64')}`;

/** Reads a constant; one that is not as long as it said is a bug of whoever made it. */
export const checkedBytes = (data: ConstantData): Uint8Array => finish(checkedSteps(data));

/** The same in steps. */
export function* checkedSteps(data: ConstantData): Steps {
  const bytes = yield* stepsOf(data);
  if (bytes.byteLength !== data.byteLength)
    throw new Error(`a constant of ${data.byteLength} bytes turned out to have ${bytes.byteLength}`);
  return bytes;
}
