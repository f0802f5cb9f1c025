import { describe, expect, it, onTestFinished } from 'vitest';
import { request as httpRequest } from 'node:http';
import type { NamedTensors, Signature } from '@shared/model/tensor';
import { serveOverHttp } from '@main/platform/cloud-server/http-server';

const signature: Signature = {
  key: 'serving_default',
  inputs: [{ name: 'x', dtype: 'float32', shape: [-1, 2] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [-1, 2] }],
};

/** Halves its input; 0 becomes NaN, a negative first value fails. */
const run = (inputs: NamedTensors): Promise<NamedTensors> => {
  const { shape, data } = inputs['x']!;
  if (Number(data[0]) < 0) throw new Error('negative\n    at stack (secret/path.ts:1)');
  return Promise.resolve({
    y: {
      dtype: 'float32',
      shape,
      data: Float32Array.from(data as Float32Array, (value) => (value === 0 ? Number.NaN : value / 2)),
    },
  });
};

async function serve(): Promise<string> {
  const { server, port } = await serveOverHttp({ name: 'half', framework: 'test', signature, run });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
};

/** Like fetch, which would not let Host be chosen. */
const statusWithHost = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });

describe('the embedded server', () => {
  it("speaks TensorFlow Serving's shapes", async () => {
    const url = `${await serve()}/v1/models/half`;
    expect(await (await fetch(url)).json()).toEqual({
      model_version_status: [
        { version: '1', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } },
      ],
    });
    expect(await post(`${url}:predict`, '{"inputs":[[1,3]]}')).toEqual({
      status: 200,
      text: '{"outputs":[[0.5,1.5]]}',
    });
    expect(await post(`${url}/versions/1:predict`, '{"instances":[[1,3],[5,7]]}')).toEqual({
      status: 200,
      text: '{"predictions":[[0.5,1.5],[2.5,3.5]]}',
    });
    expect((await post(`${url}:predict`, '{"instances":[{"x":[1,3]}]}')).text).toBe(
      '{"predictions":[[0.5,1.5]]}',
    );
    // As TensorFlow Serving does, although it is not JSON.
    expect((await post(`${url}:predict`, '{"inputs":[[0,3]]}')).text).toBe('{"outputs":[[NaN,1.5]]}');
    const metadata = (await (await fetch(`${url}/metadata`)).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      model_spec: { name: 'half', version: '1' },
      metadata: {
        signature_def: { signature_def: { serving_default: { inputs: { x: { dtype: 'DT_FLOAT' } } } } },
      },
    });
  });

  it('speaks the Open Inference Protocol, with bytes too, and counts', async () => {
    const base = await serve();
    const url = `${base}/v2/models/half`;
    expect(await (await fetch(url)).json()).toEqual({
      name: 'half',
      versions: ['1'],
      platform: 'test',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 2] }],
    });
    expect(await (await fetch(`${base}/v2/health/ready`)).json()).toEqual({ ready: true });
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ name: 'half', ready: true });
    const json = '{"id":"7","inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,3]}]}';
    expect((await post(`${url}/infer`, json)).text).toBe(
      '{"model_name":"half","model_version":"1","id":"7","outputs":[{"name":"y","shape":[1,2],"datatype":"FP32","data":[0.5,1.5]}]}',
    );
    const head =
      '{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}';
    const body = Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.of(1, 3).buffer)]);
    const headers = { 'inference-header-content-length': String(head.length) };
    const response = await fetch(`${url}/infer`, { method: 'POST', body, headers });
    const length = Number(response.headers.get('inference-header-content-length'));
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(length).equals(Buffer.from(Float32Array.of(0.5, 1.5).buffer))).toBe(true);
    const stats = (await (await fetch(`${url}/stats`)).json()) as {
      model_stats: [{ inference_stats: { success: { count: number } } }];
    };
    expect(stats.model_stats[0].inference_stats.success.count).toBe(2);
  });

  it.each([
    ['/v1/models/other:predict', '{"inputs":[[1,3]]}', 404, 'Servable not found for request: Latest(other)'],
    ['/v1/models/half:predict', 'not json', 400, 'not JSON'],
    ['/v1/models/half:predict', '{}', 400, 'exactly one of'],
    ['/v1/models/half:predict', '{"inputs":[[1,3]],"instances":[[1,3]]}', 400, 'exactly one of'],
    ['/v1/models/half:predict', '{"inputs":[[1],[2,3]]}', 400, 'not a tensor'],
    ['/v1/models/half:predict', '{"inputs":[["1","2"]]}', 400, 'not a tensor'],
    ['/v1/models/half:predict', '{"signature_name":"other","inputs":[[1,3]]}', 400, 'no signature'],
    ['/v1/models/half:predict', '{"inputs":[[-1,3]]}', 400, 'the model cannot answer: negative'],
    [
      '/v2/models/half/infer',
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1]}]}',
      400,
      'does not match',
    ],
    [
      '/v2/models/half/infer',
      '{"inputs":[{"name":"x","shape":[1,1000000],"datatype":"FP32","parameters":{"binary_data_size":4000000}}]}',
      400,
      'does not match',
    ],
    [
      '/v2/models/half/infer',
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"INT8","data":[1,3]}]}',
      400,
      'must be FP32',
    ],
    ['/v2/models/half/infer', '{"inputs":[]}', 400, 'missing'],
    ['/nothing', '', 404, 'nothing at this path'],
  ])('answers %s with %s by an error', async (path, body, status, message) => {
    const reply = await post((await serve()) + path, body);
    expect(reply.status).toBe(status);
    expect((JSON.parse(reply.text) as { error: string }).error).toContain(message);
  });

  it('refuses bodies above 64 MiB, announced or not, and goes on', async () => {
    const url = `${await serve()}/v1/models/half:predict`;
    const large = await fetch(url, { method: 'POST', body: new Uint8Array(65 * 2 ** 20) }).then(
      (response) => response.status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(large);
    expect((await post(url, '{"inputs":[[1,3]]}')).status).toBe(200);
  });

  it('answers programs on this machine only', async () => {
    const url = `${await serve()}/v2/health/live`;
    expect(await statusWithHost(url, 'evil.example')).toBe(403);
    expect(await statusWithHost(url, '0.0.0.0:80')).toBe(403);
    expect((await fetch(url, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect(await statusWithHost(url, 'localhost:80')).toBe(200);
  });
});
