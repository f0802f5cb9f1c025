import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { WorkerServers } from '@main/platform/cloud-server/embedded-servers';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import type { EmbeddedServer } from '@main/ports/embedded-server';
import type { WorkerLauncher } from '@main/ports/worker';
import { measureCloud, networkProfile } from '@main/services/cloud';
import { sampleOf } from '@shared/runner/tensor-stream';
import { cloudPlan, realPorts, shortLoad } from '@test/support/cloud-plan';
import { Golden, goldenFolder } from '@test/support/golden';
import { appRoot } from '@test/support/runner';
import { testLauncher } from '@test/support/worker-bundle';

const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const missing =
  (await new TfjsNodeRuntime(none, appRoot).unavailable()) ??
  (goldenFolder ? undefined : 'no golden models beside this checkout');

const samplesOf = (tensors: Readonly<Record<string, Tensor>>, count: number): NamedTensors[] =>
  Array.from({ length: count }, (_, i) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, sampleOf(tensor, i)])),
  );

describe.skipIf(missing)(`the embedded cloud server${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let launcher: WorkerLauncher;
  beforeAll(async () => {
    launcher = await testLauncher();
  }, 120_000);

  const start = async (
    golden: Golden,
    source: string,
    format: SourceFormat,
    onEnd?: (reason: string) => void,
  ): Promise<EmbeddedServer> => {
    const { inputs, outputs } = golden.doc.signatures['serving_default']!;
    const specs = (infos: typeof inputs) =>
      Object.entries(infos).map(([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape: shape.map((size) => size ?? -1),
      }));
    const signature = { key: 'serving_default', inputs: specs(inputs), outputs: specs(outputs) };
    const server = await new WorkerServers(launcher).start(
      { modelPath: golden.path(source), format, name: 'digits', signature },
      onEnd,
    );
    onTestFinished(() => server.stop());
    return server;
  };

  it.each([
    ['tf-serving', false, 'saved_model', 'saved-model'],
    ['oip-v2', false, 'tfjs_graph', 'tfjs-graph'],
    ['oip-v2', true, 'saved_model', 'saved-model'],
    ['oip-v2', true, 'model.keras', 'keras-v3'],
  ] as const)(
    'answers %s (binary: %s) from %s as the original did, and is measured',
    async (protocol, binary, source, format) => {
      const golden = new Golden('digits_cnn');
      const { samples, inputs, outputs } = golden.doc.signatures['serving_default']!.golden;
      const server = await start(golden, source, format);
      const reading = format === 'keras-v3' ? 'our reading of the Keras file, executed by ' : '';
      expect(server.framework).toMatch(new RegExp(`^${reading}TensorFlow \\d`));
      const expected = samplesOf(golden.tensors(outputs), samples);
      const plan = cloudPlan(
        { url: server.url, protocol, binary, model: 'digits', embedded: true },
        {
          samples: samplesOf(golden.tensors(inputs), samples).map((sample, i) => ({
            inputs: sample,
            expected: expected[i]!,
          })),
          load: shortLoad({ ratePerSecond: 40, windowMs: 500, timeoutMs: 20_000 }),
          tolerance: 1e-4,
        },
      );
      const baseline = await measureCloud(realPorts, plan);
      expect(baseline.errorRate).toBe(0);
      expect(baseline.check.answers).toBeGreaterThanOrEqual(30);
      expect(baseline.check.maxAbs).toBeLessThanOrEqual(1e-4);
      expect(baseline.split.computeNs === undefined).toBe(protocol === 'tf-serving');
    },
  );

  it('is simulated to be farther away by a network profile', async () => {
    const golden = new Golden('digits_cnn');
    const { inputs, outputs } = golden.doc.signatures['serving_default']!.golden;
    const server = await start(golden, 'saved_model', 'saved-model');
    const [input] = samplesOf(golden.tensors(inputs), 1);
    const [expected] = samplesOf(golden.tensors(outputs), 1);
    const plan = cloudPlan(
      { url: server.url, model: 'digits', embedded: true },
      {
        samples: [{ inputs: input!, expected: expected! }],
        network: { ...networkProfile('3g')!, jitterMs: 0 },
        load: shortLoad({ ratePerSecond: 10, windowMs: 500, timeoutMs: 20_000, maxWindows: 1 }),
        tolerance: 1e-4,
      },
    );
    expect((await measureCloud(realPorts, plan)).latency!.minNs).toBeGreaterThanOrEqual(150e6);
  });

  it('says why it does not start', async () => {
    const golden = new Golden('digits_cnn');
    await expect(start(golden, 'images', 'saved-model')).rejects.toThrow(/images|saved_model/);
  });

  it('reports its end when it is killed by somebody else', async () => {
    const ended = new Promise<string>((resolve) => {
      const real = launcher;
      const watched: WorkerLauncher = {
        start(kind, events) {
          const handle = real.start(kind, events);
          kill = () => handle.kill();
          return handle;
        },
      };
      let kill = (): void => undefined;
      const golden = new Golden('digits_cnn');
      const signature = { key: 'serving_default', inputs: [], outputs: [] };
      void new WorkerServers(watched)
        .start(
          { modelPath: golden.path('saved_model'), format: 'saved-model', name: 'digits', signature },
          resolve,
        )
        .then(() => kill());
    });
    expect(await ended).toContain('SIGKILL');
  });
});
