import { beforeAll, describe, expect, it } from 'vitest';
import { measureInProcessOfItsOwn } from '@main/load-process';
import type { WorkerLauncher } from '@main/ports/worker';
import { cloudPlan, shortLoad } from '@test/support/cloud-plan';
import { always, inferenceServer } from '@test/support/inference-server';
import { testLauncher } from '@test/support/worker-bundle';

const RIGHT = '{"outputs":[[0.5,1.25]]}';

describe('a load generator in a process of its own', () => {
  let launcher: WorkerLauncher;
  beforeAll(async () => {
    launcher = await testLauncher();
  }, 120_000);

  it('measures, tells its windows, and answers with a whole baseline', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const windows: number[] = [];
    const baseline = await measureInProcessOfItsOwn(launcher)(
      cloudPlan({ url }, { onWindow: (window) => windows.push(window) }),
    );
    expect(['stable', 'unstable']).toContain(baseline.status);
    expect(windows).toEqual(baseline.windows.map((_, i) => i + 1));
    expect(baseline.check.maxAbs).toBe(0);
  }, 60_000);

  it('goes through a simulated network', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const network = {
      name: 'custom' as const,
      rttMs: 30,
      jitterMs: 0,
      upKbps: 0,
      downKbps: 0,
      lossPercent: 0,
    };
    const load = shortLoad({ ratePerSecond: 20 });
    const baseline = await measureInProcessOfItsOwn(launcher)(cloudPlan({ url }, { network, load }));
    expect(baseline.latency!.minNs).toBeGreaterThanOrEqual(30e6);
  }, 60_000);

  it('comes back with what it has when cancelled', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const control = new AbortController();
    const load = shortLoad({ windowMs: 600_000 });
    const baseline = await measureInProcessOfItsOwn(launcher)(
      cloudPlan(
        { url },
        { load, signal: control.signal, onWindow: () => setTimeout(() => control.abort(), 200) },
      ),
    );
    expect(baseline).toMatchObject({ status: 'interrupted', latency: null });
  }, 60_000);

  it('is ended when a server that hangs keeps it from stopping', async () => {
    let count = 0;
    const url = await inferenceServer((request, body, response) => {
      count += 1;
      if (count === 1) always(200, RIGHT)(request, body, response);
    });
    const control = new AbortController();
    const load = shortLoad({ windowMs: 600_000, timeoutMs: 600_000 });
    const measuring = measureInProcessOfItsOwn(launcher)(
      cloudPlan(
        { url },
        {
          load,
          signal: control.signal,
          onWindow: () => setTimeout(() => control.abort(new Error('cancelled')), 200),
        },
      ),
    );
    await expect(measuring).rejects.toThrow('cancelled');
  }, 60_000);

  it('keeps the kind of an error, and its sentence', async () => {
    const url = await inferenceServer(always(200, '{"error":"no"}'));
    await expect(measureInProcessOfItsOwn(launcher)(cloudPlan({ url }))).rejects.toMatchObject({
      code: 'cloud.bad-reply',
    });
  }, 60_000);
});
