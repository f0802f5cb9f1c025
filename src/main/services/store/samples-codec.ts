import { MAX_NS } from '@shared/model/run';

/** Bytes of the largest difference; see varint.ts; written out here because a run may have millions of them. */
const LONGEST = 8;

/** Samples (whole ns, 0 … MAX_NS) as zigzag variable-length differences: about two bytes each for a steady model. */
export function encodeSamples(samplesNs: ArrayLike<number>): Uint8Array {
  const count = samplesNs.length;
  let bytes = new Uint8Array(count * 3 + LONGEST);
  let length = 0;
  let previous = 0;
  for (let i = 0; i < count; i += 1) {
    const sample = samplesNs[i]!;
    if (!(Number.isInteger(sample) && sample >= 0 && sample <= MAX_NS)) {
      throw new RangeError(`sample ${i} is ${sample}, not a whole number of nanoseconds`);
    }
    const difference = sample - previous;
    previous = sample;
    let rest = difference >= 0 ? difference * 2 : -difference * 2 - 1;
    if (length + LONGEST > bytes.length) {
      const grown = new Uint8Array(bytes.length * 2);
      grown.set(bytes);
      bytes = grown;
    }
    // Bit operations work on 32 bits only; larger values are divided down to them first.
    while (rest >= 0x80000000) {
      bytes[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[length++] = rest;
  }
  return bytes.slice(0, length);
}

/** The inverse; throws a RangeError unless the bytes hold exactly `count` valid samples. */
export function decodeSamples(bytes: Uint8Array, count: number): Float64Array {
  if (count > bytes.length) throw new RangeError('fewer samples than announced');
  const samples = new Float64Array(count);
  const end = bytes.length;
  let offset = 0;
  let previous = 0;
  for (let i = 0; i < count; i += 1) {
    let code = 0;
    let weight = 1;
    let byte = 128;
    for (let digits = 0; byte >= 128; digits += 1) {
      if (offset >= end) throw new RangeError('fewer samples than announced');
      if (digits === LONGEST) throw new RangeError('a number is longer than 53 bits');
      byte = bytes[offset++]!;
      code += (byte & 127) * weight;
      weight *= 128;
    }
    previous += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    if (previous < 0 || previous > MAX_NS) throw new RangeError(`sample ${i} is out of range`);
    samples[i] = previous;
  }
  if (offset !== end) throw new RangeError('more samples than announced');
  return samples;
}
