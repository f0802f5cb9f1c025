import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeVariant } from '@main/flow/describe-variant';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { convertModel, writeModel, type WriteReport } from '@main/services/convert';
import type { ModelSignature } from '@main/services/convert/graph/ir';
import { verifyModel } from '@main/services/convert/graph/verify';
import { interfaceDifferences } from '@main/services/validate/interface-differences';
import type { AppError } from '@shared/error/app-error';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { goldenFolder, goldenModels, maxAbsDifference, type Golden } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

/** Greatest difference from the original's output, relative to that output's range. */
const TOLERANCE = 1e-5;

const missing = prepareRunner() ?? (goldenFolder ? undefined : 'no golden models beside this checkout');
const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

const cases = goldenModels().flatMap((golden) =>
  Object.entries(golden.doc.sources).map(([source, path]) => ({
    title: `${golden.doc.name} from ${source}`,
    source,
    path: golden.path(path),
    golden,
  })),
);
const accepted = cases.filter(({ golden }) => golden.doc.expect === 'convert');
const refused = cases.filter(({ golden }) => golden.doc.expect === 'refuse');

/** The reference file to be no longer and no larger than; that of the Keras 2 SavedModel where there is one. */
function referenceOf(golden: Golden, source: string): Golden['doc']['reference'][string] | undefined {
  const { reference } = golden.doc;
  const found = (source === 'saved_model_keras2' && reference['keras2_float32']) || reference['float32'];
  return found?.status === 'ok' ? found : undefined;
}

const table: string[] = [];
function note(title: string, report: WriteReport, reference: ReturnType<typeof referenceOf>): void {
  const operators = report.operators.reduce((sum, { count }) => sum + count, 0);
  const referenceOperators = reference?.ops.reduce((sum, [, , count]) => sum + count, 0);
  table.push(
    `${title.padEnd(48)} ${String(operators).padStart(5)} / ${String(referenceOperators ?? '-').padEnd(5)} operators ` +
      `${String(report.bytes).padStart(9)} / ${reference?.bytes ?? '-'} bytes`,
  );
}

/** The inputs of a signature: by name, or in order where a format has names of its own. */
function inputsOf(signature: ModelSignature, inputs: NamedTensors): NamedTensors {
  if (signature.inputs.every(({ name }) => name in inputs)) return inputs;
  const tensors = Object.values(inputs);
  return Object.fromEntries(signature.inputs.map(({ name }, i) => [name, tensors[i] as Tensor]));
}

function relativeDifference(actual: Tensor, expected: Tensor): number {
  if (actual.dtype !== expected.dtype || actual.data.length !== expected.data.length) return Infinity;
  let [least, most] = [Infinity, -Infinity];
  for (const value of expected.data) {
    least = Math.min(least, Number(value));
    most = Math.max(most, Number(value));
  }
  const difference = maxAbsDifference({ ...actual, shape: expected.shape }, expected);
  return difference === 0 ? 0 : difference / (most > least ? most - least : Math.max(1, Math.abs(most)));
}

/** How far the outputs are, by golden name: the output of that name, or where names differ the nearest one not yet taken. */
function differences(actual: NamedTensors, expected: NamedTensors): Record<string, number> {
  const free = new Set(Object.keys(actual));
  const sameNames = Object.keys(expected).every((name) => free.has(name));
  const result: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(expected)) {
    const candidates = sameNames ? [name] : Array.from(free);
    const distances = candidates.map(
      (candidate) => [candidate, relativeDifference(actual[candidate] as Tensor, tensor)] as const,
    );
    const [nearest, distance] = distances.sort((a, b) => a[1] - b[1])[0] ?? [name, Infinity];
    free.delete(nearest);
    result[name] = distance;
  }
  return result;
}

describe.skipIf(missing)(`conversion of the golden models${missing ? ` (skipped: ${missing})` : ''}`, () => {
  afterAll(() => {
    if (table.length > 0) console.log(['ours / reference', ...table].join('\n'));
  });

  it.each(accepted)('$title', async ({ title, source, path, golden }) => {
    const opened = await convertModel({ path }, nodeModelFiles);
    const file = join(temporaryFolder(), 'model.tflite');
    let report: WriteReport;
    try {
      expect(verifyModel(opened.model)).toEqual([]);
      report = await writeModel(opened.model, file);
    } finally {
      opened.close();
    }
    const { signatures: interfaces } = describeVariant(file, nodeModelFiles);
    for (const declared of opened.declared) {
      const variant = interfaces.find(({ key }) => key === declared.key)!;
      const found = interfaceDifferences(declared, variant, {});
      expect(found.filter(({ explanation }) => explanation === undefined)).toEqual([]);
    }
    const reference = referenceOf(golden, source);
    note(title, report, reference);

    const signatures = Object.entries(golden.doc.signatures);
    for (const [key, { golden: recorded }] of signatures) {
      const signature =
        signatures.length === 1
          ? opened.model.signatures[0]
          : opened.model.signatures.find((each) => each.key === key);
      expect(signature?.outputs.length).toBe(Object.keys(recorded.outputs).length);
      if (!signature) continue;
      const result = await runtime.run({
        modelPath: file,
        signature: signature.key,
        inputs: inputsOf(signature, golden.tensors(recorded.inputs)),
        xnnpack: false,
      });
      const found = differences(result.outputs, golden.tensors(recorded.outputs));
      const wrong = Object.entries(found).filter(([, value]) => !(value <= TOLERANCE));
      expect(wrong).toEqual([]);
    }
    if (!reference) return;
    const operators = report.operators.reduce((sum, { count }) => sum + count, 0);
    expect(operators).toBeLessThanOrEqual(reference.ops.reduce((sum, [, , count]) => sum + count, 0));
    expect(report.bytes).toBeLessThanOrEqual(reference.bytes);
  });

  it.each(refused)('$title is refused', async ({ path, golden }) => {
    const error = await convertModel({ path }, nodeModelFiles).then(
      () => undefined,
      (reason: unknown) => reason as AppError,
    );
    expect(error?.code).toBe('model.unsupported');
    expect(error?.message).toContain(golden.doc.expect_reason);
  });
});
