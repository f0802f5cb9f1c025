import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelBytes } from '@main/services/convert';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { probeModel } from '@main/services/quantize';
import { layerErrors } from '@main/services/validate';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../../../support/runner';
import { temporaryFolder } from '../../../support/temporary-folder';
import { TinyGraph } from '../../../support/tiny-graph';
import { modelOf, quantized } from './tiny-quantized';

const missing = prepareRunner();

it.skipIf(missing)('finds the operator whose range was calibrated wrongly, and no other', async () => {
  const g = new TinyGraph();
  const x = g.input(1, 32);
  const good = g.op('FULLY_CONNECTED', PLAIN_DENSE, x, g.weights(32, 32), g.weights(32));
  const cut = g.op('FULLY_CONNECTED', PLAIN_DENSE, good, g.weights(32, 32), g.weights(32));
  g.returns(g.op('FULLY_CONNECTED', PLAIN_DENSE, cut, g.weights(32, 32), g.weights(32)));
  for (const [i, op] of [...g.graph.ops].entries()) op.name = `layer ${i}`;
  const ranges = new Map([...g.graph.ops].map((op) => [op.output(), { min: -40, max: 40 }]));
  ranges.set(cut, { min: -0.5, max: 0.5 });
  const probe = probeModel(modelOf(g.graph), quantized(g.graph, {}, ranges));
  if (!probe) throw new Error('no probe');
  const path = join(temporaryFolder(), 'probe.tflite');
  writeFileSync(path, await modelBytes(probe.model));
  const samples = async function* () {
    for (let s = 0; s < 4; s++)
      yield {
        x0: {
          dtype: 'float32',
          shape: [1, 1, 32],
          data: Float32Array.from({ length: 32 }, (_, i) => Math.sin(i * 7 + s)),
        },
      } as const;
  };
  const errors = await layerErrors(
    new TfliteRunnerRuntime(new RunnerParts(appRoot)),
    path,
    probe.operators,
    samples(),
  );
  expect(errors.map(({ operator, suspicious }) => [operator, suspicious])).toEqual([
    ['layer 1', true],
    expect.arrayContaining([false]),
    expect.arrayContaining([false]),
  ]);
  // Rounding alone: 1 / sqrt(12) of a step.
  expect(errors[2]?.rmseOverScale).toBeGreaterThan(0.15);
  expect(errors[1]?.rmseOverScale).toBeLessThan(0.5);
});
