import { join } from 'node:path';
import { viewAs } from '@shared/model/dtype';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel, writeModel } from '@main/services/convert';
import { dataOf } from '@main/services/convert/graph/constant';
import { Value, type Op } from '@main/services/convert/graph/ir';
import type { VariantInfo } from '@shared/model/model';
import { describe, expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from '../support/test-cli';

const missing = prepareRunner();
const digits = join(appRoot, 'resources/samples/digits');

/** Nothing listens there: conversions need no devices. */
const NO_ADB = 1;
const HUGE = 3000;
const CHANNEL = 5;
/** What makes the huge values, moves them, and takes them back, as they are called in the file. */
const BROKEN = ['mix_relu/Relu', 'half/MaxPool', 'deep_relu/Relu'];

function scaled(op: Op, operand: number, factor: (index: number) => number): void {
  const before = op.input(operand);
  const values = viewAs('float32', before.constant?.bytes() ?? new Uint8Array());
  const after = new Value(before.name, before);
  after.constant = dataOf(values.map((x, i) => x * factor(i)));
  op.setInput(operand, after);
}

/** The digits model with one channel in its middle 3000 times as large, and taken back by the next layer: the same answers. */
async function brokenModel(path: string): Promise<void> {
  const opened = await convertModel({ path: join(digits, 'saved_model') }, nodeModelFiles);
  try {
    const ops = [...(opened.model.graphs[0]?.ops ?? [])];
    const [makes, takes] = ['mix/Conv2D', 'deep/Conv2D'].map((name) => ops.find((op) => op.name === name));
    if (!makes || !takes) throw new Error('the model has changed');
    const inner = makes
      .input(1)
      .shape.slice(1)
      .reduce((a, b) => a * b, 1);
    const channels = takes.input(1).shape[3] ?? 1;
    scaled(makes, 1, (i) => (Math.floor(i / inner) === CHANNEL ? HUGE : 1));
    scaled(makes, 2, (i) => (i === CHANNEL ? HUGE : 1));
    scaled(takes, 1, (i) => (i % channels === CHANNEL ? 1 / HUGE : 1));
    await writeModel(opened.model, path);
  } finally {
    opened.close();
  }
}

describe.skipIf(missing)(
  `a model that int8 breaks in one place${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    async function convert(...flags: string[]): Promise<{ variant: VariantInfo; errors: string }> {
      const model = join(temporaryFolder(), 'broken.tflite');
      await brokenModel(model);
      const { status, output, errors } = await runCli(temporaryFolder(), NO_ADB, [
        'convert',
        model,
        '--recipe',
        'int8',
        '--calibration',
        join(digits, 'calibration.npz'),
        '--data',
        join(digits, 'test.npz'),
        '--out',
        join(temporaryFolder(), 'out.tflite'),
        '--json',
        ...flags,
      ]);
      expect({ status, errors }).toMatchObject({ status: 0 });
      const [variant] = (JSON.parse(output) as { variants: VariantInfo[] }).variants;
      if (!variant) throw new Error('no variant');
      return { variant, errors };
    }
    const accuracy = ({ validation }: VariantInfo): number => validation?.accuracy?.after ?? NaN;

    it('fails validation, names the layers that did it first, and is right once they are float', async () => {
      const { variant, errors } = await convert();
      expect(variant.validation?.status).toBe('failed');
      const before = variant.validation?.accuracy?.before ?? NaN;
      expect(accuracy(variant)).toBeLessThan(before - 0.1);
      const layers = variant.validation?.layers ?? [];
      const worst = layers.slice(0, BROKEN.length).map(({ operator }) => operator);
      expect(worst.toSorted()).toEqual(BROKEN.toSorted());
      expect(layers.filter(({ suspicious }) => suspicious)).toHaveLength(BROKEN.length);
      expect(errors).toContain(`keep them in float with --keep-float`);

      const again = await convert('--keep-float', worst.join(','));
      expect(again.variant.validation?.status).toBe('passed');
      expect(accuracy(again.variant)).toBeGreaterThanOrEqual(before - 0.005);
    }, 180_000);

    it('keeps just those in float when it is to lose half a point at most', async () => {
      const { variant, errors } = await convert('--max-accuracy-drop', '0.5');
      expect(variant.validation?.accuracy?.before).toBeGreaterThan(0.95);
      expect(accuracy(variant)).toBeGreaterThanOrEqual((variant.validation?.accuracy?.before ?? 1) - 0.005);
      const kept = /kept in float: (.*)/.exec(errors)?.[1]?.split(', ') ?? [];
      expect(BROKEN).toEqual(expect.arrayContaining(kept));
      expect(kept.length).toBeGreaterThan(0);
    }, 180_000);
  },
);
