import type { ConstantData } from '../graph/ir';

const SAMPLES = 64;
const SAMPLE_BYTES = 16;

/**
 * Finds out whether a large constant equals one that was written before. Only what agrees in size and in samples all over
 * it is read a second time, so models without duplicates are read once.
 */
export class LargeDuplicates {
  readonly #written = new Map<string, { data: ConstantData; prefix: number }[]>();

  /** Where equal contents were written; undefined when there are none. */
  async find(
    bytes: Uint8Array,
    read: (data: ConstantData) => Promise<Uint8Array>,
  ): Promise<number | undefined> {
    for (const { data, prefix } of this.#written.get(sampleKey(bytes)) ?? [])
      if (Buffer.compare(await read(data), bytes) === 0) return prefix;
    return undefined;
  }

  add(data: ConstantData, bytes: Uint8Array, prefix: number): void {
    const key = sampleKey(bytes);
    const known = this.#written.get(key);
    if (known) known.push({ data, prefix });
    else this.#written.set(key, [{ data, prefix }]);
  }
}

function sampleKey(bytes: Uint8Array): string {
  const step = Math.max(SAMPLE_BYTES, Math.floor(bytes.byteLength / SAMPLES));
  let key = `${bytes.byteLength}`;
  for (let at = 0; at < bytes.byteLength; at += step)
    key += `:${Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(SAMPLE_BYTES, bytes.byteLength - at)).toString('latin1')}`;
  return key;
}
