import { MAX_NS } from '@shared/model/run';
import { VarintReader, VarintWriter } from './varint';

/** Samples (whole ns, 0 … MAX_NS) as zigzag variable-length differences: about two bytes each for a steady model. */
export function encodeSamples(samplesNs: ArrayLike<number>): Uint8Array {
  const writer = new VarintWriter(samplesNs.length * 3);
  let previous = 0;
  for (let i = 0; i < samplesNs.length; i += 1) {
    const sample = samplesNs[i]!;
    if (!(Number.isInteger(sample) && sample >= 0 && sample <= MAX_NS)) {
      throw new RangeError(`sample ${i} is ${sample}, not a whole number of nanoseconds`);
    }
    const difference = sample - previous;
    writer.write(difference >= 0 ? difference * 2 : -difference * 2 - 1);
    previous = sample;
  }
  return writer.finish();
}

/** The inverse; throws a RangeError unless the bytes hold exactly `count` valid samples. */
export function decodeSamples(bytes: Uint8Array, count: number): number[] {
  if (count > bytes.length) throw new RangeError('fewer samples than announced');
  const reader = new VarintReader(bytes);
  const samples: number[] = Array.from({ length: count });
  let previous = 0;
  for (let i = 0; i < count; i += 1) {
    const code = reader.read();
    if (code === undefined) throw new RangeError('fewer samples than announced');
    previous += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    if (previous < 0 || previous > MAX_NS) throw new RangeError(`sample ${i} is out of range`);
    samples[i] = previous;
  }
  if (reader.read() !== undefined) throw new RangeError('more samples than announced');
  return samples;
}
