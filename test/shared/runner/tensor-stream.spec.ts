import { assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTensors, encodeTensor, sampleOf, stackSamples } from '@shared/runner/tensor-stream';
import type { Tensor } from '@shared/model/tensor';

const tensor: Tensor = {
  dtype: 'float32',
  shape: [2, 3],
  data: Float32Array.of(1, -2, 3.5, NaN, Infinity, 0),
};
const join = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** Whether bytes are read as tensors, refused with a reason, or lead outside of themselves. */
function outcomeOf(bytes: Uint8Array): 'read' | 'refused' | 'outside' {
  try {
    for (const { tensor: one } of decodeTensors(bytes)) if (one.data.length > 32) return 'outside';
    return 'read';
  } catch (error) {
    return error instanceof RangeError ? 'outside' : 'refused';
  }
}

describe('tensor streams', () => {
  it('give back what was put in, whatever the type, name and shape', () => {
    const tensors: [string, Tensor][] = [
      ['x', tensor],
      [
        'a name with spaces, é and 漢字',
        { dtype: 'int64', shape: [1], data: BigInt64Array.of(-(2n ** 60n)) },
      ],
      ['scalar', { dtype: 'int8', shape: [], data: Int8Array.of(-128) }],
      ['none', { dtype: 'uint8', shape: [0, 4], data: new Uint8Array(0) }],
    ];
    const bytes = join(...tensors.map(([name, one]) => encodeTensor({ name, tensor: one })));
    expect([...decodeTensors(bytes)].map(({ name, tensor: one }) => [name, one])).toEqual(tensors);
  });

  it('refuse what is cut off, and never read outside', () => {
    const bytes = encodeTensor({ name: 'x', tensor });
    for (let length = 1; length < bytes.length - 7; length++)
      expect(() => [...decodeTensors(bytes.subarray(0, length))]).toThrow(/tensor/);
  });

  it('answer damage with an error or with a whole tensor', () => {
    const bytes = encodeTensor({ name: 'x', tensor });
    assert(
      property(nat(bytes.length - 1), nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        return outcomeOf(damaged) !== 'outside';
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('take samples apart and put them together again', () => {
    const samples = [sampleOf(tensor, 0), sampleOf(tensor, 1)];
    expect(samples.map(({ shape }) => shape)).toEqual([[3], [3]]);
    expect(stackSamples('x', samples)).toEqual(tensor);
    expect(() => stackSamples('x', [samples[0]!, tensor])).toThrow(/changes its shape/);
  });
});
