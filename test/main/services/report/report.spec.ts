import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CloudBaseline } from '@shared/model/cloud';
import type { Run } from '@shared/model/run';
import { compareEdgeWithCloud } from '@main/services/compare';
import { renderReport, type ReportInput } from '@main/services/report';
import { measured, measuredBaseline } from '@test/support/measured';
import { sampleBaseline } from '@test/support/sample-baseline';
import { recipeSchema } from '@shared/model/recipe';
import { STAGES, STAGE_TITLES } from '@shared/model/validation';
import { sampleRun } from '@test/support/sample-run';
import { sampleModel, sampleVariant } from '@test/support/sample-variant';

interface Changes extends Omit<Partial<ReportInput>, 'runs' | 'baselines'> {
  readonly runs?: readonly Run[];
  readonly baselines?: readonly CloudBaseline[];
}

function inputOf(changes: Changes = {}): ReportInput {
  const runs = changes.runs ?? [
    sampleRun(),
    sampleRun(
      { id: 'run-2', variant: { hash: 'c'.repeat(64), recipe: 'float32', bytes: 110_000 } },
      9_000_000,
    ),
  ];
  const baselines = changes.baselines ?? [sampleBaseline()];
  return {
    model: sampleModel(),
    variants: [
      sampleVariant(),
      sampleVariant({ id: 'c'.repeat(64), recipe: 'float32', precision: 'float32', bytes: 110_000 }),
    ],
    comparison: compareEdgeWithCloud({
      model: { hash: 'a'.repeat(64), name: 'digits' },
      runs: runs.map(measured),
      baselines: baselines.map(measuredBaseline),
      accuracy: { original: 0.99, variants: { ['b'.repeat(64)]: 0.985 } },
    }),
    generatedAt: '2026-01-02T03:04:05.000Z',
    appVersion: '0.1.0',
    ...changes,
    runs,
    baselines,
  };
}

/** Names of all elements that a page opens. */
const elements = (page: string): Set<string> =>
  new Set([...page.matchAll(/<([a-z!][a-z0-9]*)/gi)].map((match) => match[1]!.toLowerCase()));

describe('the report', () => {
  it('says what was measured, simulated and not measured, with sizes, accuracy and percentiles', async () => {
    const page = await renderReport(inputOf());
    const expected = [
      '30.0 kB',
      '25 % of the original',
      '99.0 %',
      '98.5 %',
      '0.99987',
      '38.2 dB',
      'passed',
      'simulated',
      'not measured',
      'p99',
      '362 more samples needed',
    ];
    expect(expected.filter((text) => !page.includes(text))).toEqual([]);
    expect(page.match(/<polyline/g)).toHaveLength(3);
  });

  it('shows all four stages of the error budget, how the variant was made, and what failed', async () => {
    const plain = sampleVariant();
    const budget = plain.validation!.stages[0]!;
    const stage = (name: (typeof STAGES)[number]) => ({ ...budget, stage: name, candidate: `by ${name}` });
    const overrides = [{ name: 'stem/*', precision: 'float32' as const }];
    const variant = sampleVariant({
      making: { recipe: recipeSchema.parse({ name: 'int8', title: 'int8', precision: 'int8', overrides }) },
      validation: {
        ...plain.validation!,
        status: 'failed',
        reasons: ['It is far off.'],
        original: { framework: 'our reading of the Keras file, executed by TensorFlow', reading: true },
        rightOn: 'Wrong on TFLite 2.21 (far off).',
        stages: [stage('original-to-float32'), stage('float32-to-variant'), stage('original-to-variant')],
      },
    });
    const hostCheck = { maxAbsError: 0, shareOfRange: 0, agrees: true, stage: stage('host-to-device') };
    const run = sampleRun({
      variant: { ...sampleRun().variant, hash: variant.id, validation: 'failed' },
      hostCheck,
    });
    const page = await renderReport(inputOf({ variants: [variant], runs: [run] }));
    const expected = [
      ...STAGES.map((name) => `by ${name}`),
      ...Object.values(STAGE_TITLES),
      'kept in float: stem/*',
      'int8 (1 in float)',
      'our reading of the Keras file, executed by TensorFlow',
      'Wrong on TFLite 2.21 (far off).',
      'It is far off.',
    ];
    expect(expected.filter((text) => !page.includes(text))).toEqual([]);
    // In the table of variants, and beside the run.
    expect(page.match(/failed validation/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('allows nothing but its own style sheet', async () => {
    const page = await renderReport(inputOf());
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/\sstyle=/);
    expect(page).not.toMatch(/https?:\/\/(?!127\.0\.0\.1)/);
    expect(elements(page).has('script')).toBe(false);
  });

  it('creates no element from hostile names, wherever they stand', async () => {
    const evil = `<script>alert(1)</script><img src=x onerror='a"b'>\u0000\u202e\ud800`;
    const baseline = sampleBaseline({
      server: evil,
      reason: evil,
      status: 'unstable',
      endpoint: { ...sampleBaseline().endpoint, title: evil, url: evil },
    });
    const run = sampleRun({
      name: evil,
      reason: evil,
      device: { ...sampleRun().device, model: evil, manufacturer: evil, build: evil },
      variant: { ...sampleRun().variant, recipe: evil },
    });
    const variant = sampleVariant({ recipe: evil });
    const hostile = inputOf({
      model: sampleModel({ name: evil }),
      variants: [{ ...variant, validation: { ...variant.validation!, status: 'failed', reasons: [evil] } }],
      runs: [run],
      baselines: [baseline],
    });
    const page = await renderReport(hostile);
    const plain = await renderReport(inputOf());
    expect([...elements(page)].filter((name) => !elements(plain).has(name))).toEqual([]);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('\u0000');
    expect(page.match(/[\ud800-\udfff]/u)).toBeNull();
  });

  it('is the same for the same input', async () => {
    expect(await renderReport(inputOf())).toBe(await renderReport(inputOf()));
  });

  it('stands without runs, variants or a cloud side', async () => {
    const page = await renderReport(inputOf({ variants: [], runs: [], baselines: [] }));
    expect(page).toContain('No cloud baseline has been measured');
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });
});
