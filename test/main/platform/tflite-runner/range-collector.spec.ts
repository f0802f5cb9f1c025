import { describe, expect, it } from 'vitest';
import type { TensorRange } from '@main/ports/range-collector';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import type { NamedTensors } from '@shared/model/tensor';
import { sampleOf } from '@shared/runner/tensor-stream';
import { Golden, goldenFolder } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';

const missing = prepareRunner() ?? (goldenFolder ? undefined : 'no golden models beside this checkout');
const collector = new RunnerRangeCollector(new RunnerParts(appRoot), 1);

async function* samplesOf(inputs: NamedTensors): AsyncGenerator<NamedTensors> {
  const count = Object.values(inputs)[0]!.shape[0]!;
  for (let i = 0; i < count; i++)
    yield Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, sampleOf(tensor, i)]));
}

const calibrate = (golden: Golden, histogramBins = 0): Promise<readonly TensorRange[]> =>
  collector.collect({
    modelPath: golden.path(golden.doc.reference['float32']!.file),
    samples: samplesOf(golden.tensors(golden.doc.signatures['serving_default']!.calibration.inputs)),
    histogramBins,
  });

const rangeOf = (values: Iterable<number>): [number, number] => {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return [min, max];
};

describe.skipIf(missing)(`ranges through the runner${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('sees the inputs as they were given, and histograms that count every value', async () => {
    const golden = new Golden('digits_cnn');
    const inputs = golden.tensors(golden.doc.signatures['serving_default']!.calibration.inputs);
    const values = Object.values(inputs)[0]!.data as Float32Array;
    const [min, max] = rangeOf(values);
    const ranges = await calibrate(golden, 256);
    expect(ranges.length).toBeGreaterThan(5);
    const input = ranges.find(
      (range) =>
        range.min === min &&
        range.max === max &&
        range.histogram?.counts.reduce((a, b) => a + b, 0) === values.length,
    );
    expect(input).toBeDefined();
    for (const range of ranges) {
      expect(range.nonFinite).toBe(0);
      expect(range.histogram?.counts.length).toBe(256);
      expect(range.histogram!.min).toBeLessThanOrEqual(range.min);
      expect(range.histogram!.max).toBeGreaterThanOrEqual(range.max);
    }
  });

  it.each(['digits_cnn', 'op_zoo/lstm_static', 'op_zoo/control_flow'])(
    'finds the same to the last bit in any order, on any number of processes: %s',
    async (name) => {
      const golden = new Golden(name);
      const alone = await calibrate(golden, 128);
      const inputs = golden.tensors(golden.doc.signatures['serving_default']!.calibration.inputs);
      const samples: NamedTensors[] = [];
      for await (const sample of samplesOf(inputs)) samples.unshift(sample);
      expect(samples.length).toBeGreaterThan(8);
      for (const processes of [1, 3]) {
        const others = new RunnerRangeCollector(new RunnerParts(appRoot), processes);
        const backwards = await others.collect({
          modelPath: golden.path(golden.doc.reference['float32']!.file),
          samples: (async function* () {
            yield* samples;
          })(),
          histogramBins: 128,
        });
        expect(backwards).toEqual(alone);
      }
    },
  );

  it('sees into the subgraphs of a loop', async () => {
    const golden = new Golden('op_zoo/control_flow');
    const ranges = await calibrate(golden);
    expect(new Set(ranges.map((range) => range.subgraph)).size).toBeGreaterThan(1);
  });

  it('refuses an empty set of samples', async () => {
    const golden = new Golden('digits_cnn');
    const modelPath = golden.path(golden.doc.reference['float32']!.file);
    async function* none(): AsyncGenerator<NamedTensors> {}
    await expect(collector.collect({ modelPath, samples: none() })).rejects.toMatchObject({
      code: 'data.invalid',
    });
  });

  it('passes on what the samples throw', async () => {
    const golden = new Golden('digits_cnn');
    const modelPath = golden.path(golden.doc.reference['float32']!.file);
    const inputs = golden.tensors(golden.doc.signatures['serving_default']!.calibration.inputs);
    async function* broken(): AsyncGenerator<NamedTensors> {
      for await (const sample of samplesOf(inputs)) {
        yield sample;
        throw new Error('the picture is broken');
      }
    }
    await expect(collector.collect({ modelPath, samples: broken() })).rejects.toThrow(
      'the picture is broken',
    );
  });
});
