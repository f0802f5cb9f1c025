import { describe, expect, it } from 'vitest';
import { interfaceDifferences, type RecordedChoices } from '@main/services/validate/interface-differences';
import type { PortInterface } from '@main/services/validate/variant-interface';
import type { DeclaredPort } from '@shared/model/tensor';

const port = (changes: Partial<PortInterface> = {}): PortInterface => ({
  name: 'x',
  dtype: 'float32',
  shape: [-1, 8, 8, 1],
  quantization: undefined,
  ...changes,
});
const quantization = { scale: [0.1], zeroPoint: [0], axis: 0 };

/** Differences of one input. */
const ofInput = (
  declared: Partial<DeclaredPort>,
  variant: Partial<PortInterface>,
  choices: RecordedChoices = {},
) =>
  interfaceDifferences(
    { key: 'k', inputs: [{ ...port(), ...declared }], outputs: [] },
    { key: 'k', inputs: [port(variant)], outputs: [] },
    choices,
  );

describe("inputs and outputs of a variant beside the source's own", () => {
  it('finds nothing where there is nothing', () => {
    expect(ofInput({}, {})).toEqual([]);
  });

  it('takes integer inputs for a choice only of the recipe that asks for them', () => {
    const asked = { recipe: { name: 'int8-io', inputType: 'int8', outputType: 'int8' } } as const;
    const other = { recipe: { name: 'int8', inputType: 'float32', outputType: 'float32' } } as const;
    expect(ofInput({}, { dtype: 'int8', quantization }, asked)).toEqual([
      {
        tensor: 'x',
        what: 'float32 in the original, int8 in the variant',
        explanation: 'the recipe int8-io asks for int8 inputs',
      },
    ]);
    expect(ofInput({}, { dtype: 'int8', quantization }, other)[0]?.explanation).toBeUndefined();
    expect(ofInput({}, { dtype: 'uint8', quantization }, asked)[0]?.explanation).toBeUndefined();
    // Of a file from elsewhere, its quantization is the only record.
    expect(ofInput({}, { dtype: 'int8', quantization })[0]?.explanation).toBeDefined();
    expect(ofInput({}, { dtype: 'int8' })[0]?.explanation).toBeUndefined();
    expect(ofInput({ dtype: 'int64' }, { dtype: 'int32' })[0]?.explanation).toBeUndefined();
  });

  it('explains a fixed batch and what was asked for, and nothing else', () => {
    expect(ofInput({}, { shape: [1, 8, 8, 1] })).toMatchObject([{ explanation: 'the batch is fixed to 1' }]);
    const open = { shape: [-1, -1, -1, 3] };
    const fixed = { shape: [1, 224, 224, 3] };
    expect(ofInput(open, fixed)[0]?.explanation).toBeUndefined();
    expect(ofInput(open, fixed, { shapes: { x: [1, 224, 224, 3] } })[0]?.explanation).toBe(
      'fixed as asked with --shape x=1,224,224,3',
    );
    expect(ofInput(open, fixed, { shapes: { x: [1, 96, 96, 3] } })[0]?.explanation).toBeUndefined();
    expect(ofInput({}, { shape: [-1, 64] })[0]?.explanation).toBeUndefined();
    expect(ofInput({ shape: [1, 8, 8, 1] }, { shape: [2, 8, 8, 1] })[0]?.explanation).toBeUndefined();
    expect(ofInput({ shape: [1, 8, 8, 1] }, {})[0]?.explanation).toBeUndefined();
    expect(ofInput({ shape: undefined }, {})[0]?.explanation).toContain('number of dimensions open');
  });

  it('tells names and order apart, and counts', () => {
    const named = (...names: string[]) => names.map((name) => port({ name }));
    const outputs = (declared: string[], variant: string[]) =>
      interfaceDifferences(
        { key: 'k', inputs: [], outputs: named(...declared) },
        { key: 'k', inputs: [], outputs: named(...variant) },
        {},
      ).map(({ what }) => what);
    expect(outputs(['a', 'b'], ['b', 'a'])).toEqual([
      "output 0 is 'b': the order differs",
      "output 1 is 'a': the order differs",
    ]);
    expect(outputs(['a'], ['c'])).toEqual(["it is named 'c' in the variant"]);
    expect(outputs(['a', 'b'], ['a'])).toEqual(['the original has 2 outputs, the variant 1']);
  });

  it('lets shapes of outputs follow from what is known, and not widen', () => {
    const outputs = (declared: number[], variant: number[]) =>
      interfaceDifferences(
        { key: 'k', inputs: [], outputs: [port({ shape: declared })] },
        { key: 'k', inputs: [], outputs: [port({ shape: variant })] },
        {},
      )[0];
    expect(outputs([-1, -1], [-1, 10])?.explanation).toBe('follows from the rest of the model');
    expect(outputs([-1, 10], [-1, -1])?.explanation).toBeUndefined();
    expect(outputs([-1, 10], [-1, 9])?.explanation).toBeUndefined();
  });
});
