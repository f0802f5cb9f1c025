import { endpointSchema, type Endpoint, type Load } from '@shared/model/cloud';
import { preciseClock } from '@main/platform/node/precise-clock';
import { startDelayingProxy } from '@main/platform/node/delaying-proxy';
import { nodeHttpClient } from '@main/platform/node/http-connections';
import { networkProfile, type CloudPlan, type CloudPorts } from '@main/services/cloud';

export const realPorts: CloudPorts = {
  http: nodeHttpClient,
  clock: preciseClock,
  startProxy: startDelayingProxy,
};

export const shortLoad = (changes: Partial<Load> = {}): Load => ({
  kind: 'constant',
  ratePerSecond: 200,
  concurrency: 8,
  windowMs: 100,
  windowRequests: 10,
  maxWindows: 3,
  timeoutMs: 5000,
  seed: 1,
  ...changes,
});

/** A model of one input (three numbers) that answers two. */
export function cloudPlan(
  endpoint: Partial<Endpoint> & { url: string },
  changes: Partial<CloudPlan> = {},
): CloudPlan {
  return {
    id: 'cloud-1',
    startedAt: '2026-01-02T03:04:05.000Z',
    appVersion: '0.1.0',
    model: { hash: 'a'.repeat(64), name: 'half' },
    endpoint: endpointSchema.parse({ title: 'test', protocol: 'tf-serving', model: 'half', ...endpoint }),
    network: networkProfile('none')!,
    load: shortLoad(),
    samples: [
      {
        inputs: { x: { dtype: 'float32', shape: [1, 3], data: Float32Array.of(1, 2.5, -0.1) } },
        expected: { y: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(0.5, 1.25) } },
      },
    ],
    tolerance: 1e-5,
    ...changes,
  };
}
