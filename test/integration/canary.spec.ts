import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineClient } from '@shared/api/contract';
import { createApp } from '@main/create-app';
import { createRouter } from '@main/router';
import { toWireError } from '@main/wire-error';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import { inferenceServer, type Handler } from '@test/support/inference-server';
import { appRoot } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { workerFile } from '@test/support/worker-bundle';

const CANARY = 'canary-7d1f+0b/9e=';
const launcher = {
  start() {
    throw new Error('never started');
  },
};
const missing = await new TfjsNodeRuntime(launcher, appRoot).unavailable();

/** Everything in a folder, read as bytes. */
const contents = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

/** Repeats what it was sent, as servers do that refuse a token: in its own description, in errors, in headers. */
const echoing =
  (status: number, body: string): Handler =>
  (request, _body, response) => {
    const token = `${request.headers.authorization ?? ''} ${request.url ?? ''}`;
    response.writeHead(status, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(token) });
    response.end(
      request.method === 'GET' ? JSON.stringify({ platform: token }) : body.replace('ECHO', token),
    );
  };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe.skipIf(missing)(`a token ${missing ? `(skipped: ${missing})` : ''}`, () => {
  it('is in no log, history, export, report, error, nor anything that a client can ask for', async () => {
    vi.stubEnv('EDGEBENCH_SECRET_PROD', CANARY);
    const printed: string[] = [];
    for (const way of ['log', 'info', 'warn', 'error'] as const)
      vi.spyOn(console, way).mockImplementation((...said) => void printed.push(said.map(String).join(' ')));
    const dataDir = temporaryFolder();
    const app = await createApp({ dataDir, workerFile: await workerFile(), isolate: true });
    const client = createRouterClient(createRouter(app), {
      interceptors: [toWireError],
    }) as unknown as EngineClient;
    const model = join(appRoot, 'resources/samples/digits/saved_model');
    let heard = 0;
    const hears =
      (handler: Handler): Handler =>
      (request, body, response) => {
        if (`${request.headers.authorization ?? ''}${decodeURIComponent(request.url ?? '')}`.includes(CANARY))
          heard += 1;
        handler(request, body, response);
      };
    const template = {
      path: '/predict?key={{secret}}',
      contentType: 'application/json',
      body: '{{input:image}}',
      outputs: { probabilities: 'out' },
    };
    const servers = [
      { handler: echoing(200, '{"error":"no such token: ECHO"}'), protocol: 'tf-serving' },
      { handler: echoing(403, '{"error":"ECHO"}'), protocol: 'oip-v2' },
      { handler: echoing(200, 'ECHO is no JSON'), protocol: 'tf-serving' },
      { handler: echoing(200, '{"error":"ECHO"}'), protocol: 'http', template },
    ] as const;
    const seen: unknown[] = [];
    for (const { handler, ...endpoint } of servers) {
      const url = await inferenceServer(hears(handler));
      const job = await client.jobs.cloud({ model, url, secret: 'prod', ...endpoint });
      for await (const state of await client.jobs.watch({ id: job.id })) seen.push(state);
    }
    const last = seen.at(-1) as { error?: { message: string } };
    expect(last.error?.message).toContain('•••');
    // The canary did get to the servers, or the rest would prove nothing.
    expect(heard).toBeGreaterThanOrEqual(servers.length);

    seen.push(
      await client.jobs.list(),
      await client.cloud.baselines({}),
      await client.cloud.secrets(),
      await client.app.info(),
    );
    const texts = [JSON.stringify(seen), printed.join('\n')];
    await app.close();
    texts.push(contents(dataDir));
    for (const text of texts)
      for (const form of [CANARY, encodeURIComponent(CANARY)]) expect(text).not.toContain(form);
  }, 180_000);

  it('written into the path of a template is refused before anything is sent', async () => {
    const app = await createApp({
      dataDir: temporaryFolder(),
      workerFile: await workerFile(),
      isolate: true,
    });
    const client = createRouterClient(createRouter(app)) as unknown as EngineClient;
    let asked = 0;
    const url = await inferenceServer((_request, _body, response) => {
      asked += 1;
      response.end('{}');
    });
    const job = await client.jobs.cloud({
      model: join(appRoot, 'resources/samples/digits/saved_model'),
      url,
      protocol: 'http',
      template: {
        path: `/predict?api_key=${encodeURIComponent(CANARY)}`,
        contentType: 'application/json',
        body: '{}',
        outputs: { probabilities: 'out' },
      },
    });
    const states = [];
    for await (const state of await client.jobs.watch({ id: job.id })) states.push(state);
    await app.close();
    expect(states.at(-1)).toMatchObject({ state: 'failed', error: { code: 'usage.wrong' } });
    expect(JSON.stringify(states)).not.toContain(encodeURIComponent(CANARY));
    expect(asked).toBe(0);
  }, 120_000);
});
