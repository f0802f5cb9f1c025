import { checkedBytes, contentKey } from '../graph/constant-content';
import type { ConstantData } from '../graph/ir';

/** Constants up to this size are compared before anything is laid out; larger ones while they are written. */
const SMALL_BYTES = 1 << 16;

/**
 * The distinct constants of a model, each to be one buffer. Equal small ones are one; a large one may still turn out
 * to equal another of the same size (`maybeEqual`).
 */
export class ConstantTable {
  readonly distinct: ConstantData[] = [];
  readonly #indices = new Map<ConstantData, number>();
  readonly #sizes = new Map<number, number>();
  readonly #byContent = new Map<string, number>();

  /** Index of the constant in `distinct`. */
  add(data: ConstantData): number {
    const known = this.#indices.get(data);
    if (known !== undefined) return known;
    const index = data.byteLength <= SMALL_BYTES ? this.#addSmall(data) : this.#append(data);
    this.#indices.set(data, index);
    return index;
  }

  maybeEqual(data: ConstantData): boolean {
    return data.byteLength > SMALL_BYTES && (this.#sizes.get(data.byteLength) ?? 0) > 1;
  }

  #append(data: ConstantData): number {
    this.#sizes.set(data.byteLength, (this.#sizes.get(data.byteLength) ?? 0) + 1);
    return this.distinct.push(data) - 1;
  }

  #addSmall(data: ConstantData): number {
    const bytes = checkedBytes(data);
    const key = contentKey(bytes);
    const known = this.#byContent.get(key);
    if (known !== undefined) return known;
    // Read once, kept for the writing: it may come from a file, or be computed.
    const index = this.#append({ byteLength: bytes.byteLength, bytes: () => bytes });
    this.#byContent.set(key, index);
    return index;
  }
}
