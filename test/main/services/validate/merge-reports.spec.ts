import { describe, expect, it } from 'vitest';
import { mergeReports } from '@main/services/validate';
import type { RuntimeVerdict, ValidationReport } from '@shared/model/validation';
import { sampleVariant } from '@test/support/sample-variant';

const report = (changes: Partial<ValidationReport>): ValidationReport => ({
  ...sampleVariant().validation!,
  ...changes,
});
const verdict = (verdict: RuntimeVerdict['verdict'], reason = ''): RuntimeVerdict => ({
  runtime: 'tflite-2.21',
  verdict,
  reason,
});

describe('one report on several signatures', () => {
  it('is the report itself for one', () => {
    const only = report({});
    expect(mergeReports([{ key: 'a', report: only }])).toBe(only);
  });

  it('is as bad as the worst, and says of which signature', () => {
    const merged = mergeReports([
      { key: 'a', report: report({ runtimes: [verdict('right')] }) },
      {
        key: 'b',
        report: report({
          status: 'failed',
          reasons: ['It is wrong.'],
          runtimes: [verdict('wrong', 'too far off')],
          interfaceDifferences: [{ tensor: 'x', what: 'other' }],
        }),
      },
    ]);
    expect(merged).toMatchObject({
      status: 'failed',
      reasons: ["Signature 'b': It is wrong."],
      rightOn: "Wrong on TFLite 2.21 (signature 'b': too far off).",
      interfaceDifferences: [{ tensor: "x of 'b'" }],
      accuracy: { before: 0.99 },
    });
    expect(merged.stages.map(({ signature }) => signature)).toEqual(['a', 'b']);
  });
});
