import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudBaselineSchema } from '@shared/model/cloud';
import { measureCloud, networkProfile } from '@main/services/cloud';
import { cloudPlan, realPorts, shortLoad } from '@test/support/cloud-plan';
import { always, inferenceServer } from '@test/support/inference-server';

const RIGHT = '{"outputs":[[0.5,1.25]]}';

describe('measuring an endpoint', () => {
  it('counts right answers, bytes and parts, in the shape that is stored', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const baseline = await measureCloud(realPorts, cloudPlan({ url }));
    expect(cloudBaselineSchema.parse(baseline)).toEqual(baseline);
    expect(['stable', 'unstable']).toContain(baseline.status);
    expect(baseline.windows).toHaveLength(3);
    const answered = baseline.windows.reduce((total, window) => total + window.answered, 0);
    expect(answered).toBe(baseline.windows.reduce((total, window) => total + window.scheduled, 0));
    expect(baseline).toMatchObject({
      requestBytes: '{"inputs":[[1,2.5,-0.1]]}'.length,
      responseBytes: RIGHT.length,
      errorRate: 0,
      check: { answers: answered, maxAbs: 0 },
    });
    expect(baseline.latency?.samples).toBe(answered);
  });

  it.each([
    ['wrong values', 200, '{"outputs":[[0.5,9]]}', 'cloud.bad-reply'],
    ['an error with status 200', 200, '{"error":"no"}', 'cloud.bad-reply'],
    ['bare NaN', 200, '{"outputs":[[NaN,1.25]]}', 'cloud.bad-reply'],
    ['a page', 200, '<html></html>', 'cloud.bad-reply'],
    ['5 instead of 2 values', 200, '{"outputs":[[1,2,3,4,5]]}', 'cloud.bad-reply'],
    ['status 404', 404, '{"error":"Servable not found"}', 'cloud.unreachable'],
    ['status 500', 500, '', 'cloud.unreachable'],
  ])('refuses a server that answers %s', async (_, status, text, code) => {
    const url = await inferenceServer(always(status, text));
    await expect(measureCloud(realPorts, cloudPlan({ url }))).rejects.toMatchObject({ code });
  });

  it('does not follow redirects, whatever they lead to', async () => {
    let secondHost = 0;
    const other = await inferenceServer((_request, _body, response) => {
      secondHost += 1;
      response.end(RIGHT);
    });
    for (const location of [
      `${other}/v1/models/half:predict`,
      'file:///etc/passwd',
      'http://169.254.169.254/',
    ]) {
      const url = await inferenceServer(always(301, '', { location }));
      await expect(measureCloud(realPorts, cloudPlan({ url }))).rejects.toMatchObject({
        details: { kind: 'status' },
      });
    }
    expect(secondHost).toBe(0);
  });

  it('ends after the timeout with a server that hangs, and one that sends a byte at a time', async () => {
    const hanging = await inferenceServer(() => undefined);
    const slow = await inferenceServer((_request, _body, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const url of [hanging, slow]) {
      const measuring = measureCloud(realPorts, cloudPlan({ url }, { load: shortLoad({ timeoutMs: 200 }) }));
      await expect(measuring).rejects.toMatchObject({ details: { kind: 'timeout' } });
    }
  });

  it('tells a reset in mid-body, a closed port and an endless reply apart', async () => {
    const reset = await inferenceServer((request, _body, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"outputs"', () => request.socket.destroy());
    });
    const endless = await inferenceServer((_request, _body, response) => {
      const piece = Buffer.alloc(2 ** 20, 32);
      const pour = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', pour);
      pour();
    });
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const kinds = [
      [reset, 'reset'],
      [`http://127.0.0.1:${port}`, 'refused'],
      [endless, 'too-large'],
    ] as const;
    for (const [url, kind] of kinds) {
      const measuring = measureCloud(
        realPorts,
        cloudPlan({ url }, { load: shortLoad({ timeoutMs: 20_000 }) }),
      );
      await expect(measuring).rejects.toMatchObject({ code: 'cloud.unreachable', details: { kind } });
    }
  });

  it.each([
    ['a piece whose length is no number', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['a piece longer than it says', `Transfer-Encoding: chunked\r\n\r\n2\r\n${RIGHT}\r\n0\r\n\r\n`],
    ['two lengths', `Content-Length: 2\r\nContent-Length: ${RIGHT.length}\r\n\r\n${RIGHT}`],
    ['more bytes than it announced', `Content-Length: 10\r\n\r\n${RIGHT}`],
    ['fewer bytes than it announced', `Content-Length: 1000\r\n\r\n${RIGHT}`],
    ['headers without an end', `X-Long: ${'x'.repeat(200_000)}`],
  ])('takes no latency from a server that lies about its length: %s', async (_, rest) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const measuring = measureCloud(realPorts, cloudPlan({ url }, { load: shortLoad({ timeoutMs: 2000 }) }));
    await expect(measuring).rejects.toMatchObject({ code: expect.stringMatching(/^cloud\./) });
  });

  it('counts refusals at load and leaves them out of the latency', async () => {
    let count = 0;
    const url = await inferenceServer((request, body, response) => {
      count += 1;
      const overload = count > 1 && count % 2 === 0;
      always(overload ? 503 : 200, overload ? '{"error":"busy"}' : RIGHT, { 'retry-after': '1' })(
        request,
        body,
        response,
      );
    });
    const baseline = await measureCloud(realPorts, cloudPlan({ url }));
    const overloads = baseline.windows.reduce((total, window) => total + (window.errors.overload ?? 0), 0);
    const answered = baseline.windows.reduce((total, window) => total + window.answered, 0);
    expect(Math.abs(overloads - answered)).toBeLessThanOrEqual(1);
    expect(baseline.errorRate).toBeCloseTo(0.5, 1);
    expect(baseline.latency?.samples).toBe(answered);
  });

  it('takes no latency from answers that turn wrong later', async () => {
    let count = 0;
    const url = await inferenceServer((request, body, response) => {
      count += 1;
      always(200, count > 5 ? '{"outputs":[[0,0]]}' : RIGHT)(request, body, response);
    });
    const baseline = await measureCloud(realPorts, cloudPlan({ url }));
    expect(baseline.windows.reduce((total, window) => total + window.answered, 0)).toBe(4);
    expect(baseline.windows[2]).toMatchObject({ answered: 0, samplesNs: [] });
    expect(baseline.windows[2]!.errors['wrong-answer']).toBeGreaterThan(0);
  });

  it('stops when cancelled and says so', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const control = new AbortController();
    const load = shortLoad({ windowMs: 60_000 });
    const baseline = await measureCloud(
      realPorts,
      cloudPlan(
        { url },
        { load, signal: control.signal, onWindow: () => setTimeout(() => control.abort(), 100) },
      ),
    );
    expect(baseline).toMatchObject({ status: 'interrupted', latency: null });
  });

  it('sends secrets in headers and keeps them out of results and errors', async () => {
    const canary = 'canary-4f9d1c';
    const seen: unknown[] = [];
    const url = await inferenceServer((request, body, response) => {
      seen.push(request.headers.authorization);
      always(seen.length === 1 ? 200 : 403, RIGHT)(request, body, response);
    });
    const secret = { header: 'authorization', value: canary };
    const baseline = await measureCloud(
      realPorts,
      cloudPlan({ url }, { secret, load: shortLoad({ maxWindows: 1 }) }),
    );
    const error: unknown = await measureCloud(realPorts, cloudPlan({ url }, { secret })).catch(
      (caught: unknown) => caught,
    );
    expect(seen[0]).toBe(`Bearer ${canary}`);
    expect(JSON.stringify(baseline)).not.toContain(canary);
    expect(`${JSON.stringify(error)}${String(error)}${(error as Error).stack}`).not.toContain(canary);
  });

  it.each(['http://user:hunter2@host:1', 'http://host:1/?token=hunter2', 'file:///etc/passwd', 'nonsense'])(
    'refuses the address %s without repeating it',
    async (url) => {
      const error: unknown = await measureCloud(realPorts, cloudPlan({ url })).catch(
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({ code: 'usage.wrong' });
      expect(String(error)).not.toContain('hunter2');
    },
  );

  it('sends through a network profile, never faster than that network', async () => {
    const url = await inferenceServer(always(200, RIGHT));
    const network = { ...networkProfile('4g')!, jitterMs: 0, lossPercent: 0 };
    const baseline = await measureCloud(
      realPorts,
      cloudPlan({ url }, { network, load: shortLoad({ ratePerSecond: 50 }) }),
    );
    expect(baseline.network).toEqual(network);
    expect(baseline.latency!.minNs).toBeGreaterThanOrEqual(50e6);
  });

  it('reaches an API behind a path', async () => {
    const paths = new Set<string | undefined>();
    const url = await inferenceServer((request, body, response) => {
      paths.add(request.url);
      always(200, RIGHT)(request, body, response);
    });
    await measureCloud(realPorts, cloudPlan({ url: `${url}/team/` }));
    expect([...paths]).toEqual(['/team/v1/models/half:predict']);
  });
});

describe('a TCP proxy as a network', () => {
  it('hands over every byte in order, in pieces or not', async () => {
    const received: Buffer[] = [];
    const server = createTcpServer((socket) =>
      socket.on('data', (data) => received.push(data)).on('end', () => socket.end('done')),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const profile = {
      name: 'custom' as const,
      rttMs: 4,
      jitterMs: 3,
      upKbps: 80_000,
      downKbps: 0,
      lossPercent: 1,
    };
    const proxy = await realPorts.startProxy(profile, { host: '127.0.0.1', port }, 1);
    onTestFinished(() => {
      server.close();
    });
    const { connect } = await import('node:net');
    const sent = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    const started = performance.now();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(proxy.port, '127.0.0.1', () => socket.end(sent));
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toBe('done');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    // 200,000 bytes at 80 Mbit/s take 20 ms; nothing may make them faster.
    expect(performance.now() - started).toBeGreaterThanOrEqual(20);
    await proxy.close();
  });
});
