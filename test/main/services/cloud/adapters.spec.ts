import { describe, expect, it } from 'vitest';
import type { Endpoint, HttpTemplate } from '@shared/model/cloud';
import type { NamedTensors } from '@shared/model/tensor';
import type { HttpReply } from '@main/ports/http-client';
import { ADAPTERS } from '@main/services/cloud/adapter';
import { checkOutputs } from '@main/services/cloud/check';
import { cloudPlan } from '@test/support/cloud-plan';

const endpoint = (changes: Partial<Endpoint> = {}): Endpoint =>
  cloudPlan({ url: 'http://host:1', ...changes }).endpoint;
const inputs: NamedTensors = { x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(0.1, 2) } };
const two: NamedTensors = {
  a: { dtype: 'int32', shape: [2], data: Int32Array.of(1, -2) },
  'b"c': { dtype: 'bool', shape: [1, 1], data: Uint8Array.of(1) },
};
const expected: NamedTensors = { y: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(0.5, 1.25) } };

const timing = { startedNs: 0, writtenNs: 0, firstByteNs: 0, endedNs: 0 };
const reply = (body: string | Uint8Array, headers: Record<string, string> = {}): HttpReply => ({
  status: 200,
  headers,
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  timing,
});
const textOf = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);

describe('TensorFlow Serving', () => {
  const adapter = ADAPTERS['tf-serving'];

  it('writes the columnar request; one input drops its name', () => {
    const call = adapter.inferCall(
      endpoint({ model: 'a b', version: '3', signature: 'serving_default' }),
      inputs,
    );
    expect(call.path).toBe('/v1/models/a%20b/versions/3:predict');
    expect(textOf(call.body)).toBe('{"signature_name":"serving_default","inputs":[[0.1,2]]}');
    expect(textOf(adapter.inferCall(endpoint(), two).body)).toBe('{"inputs":{"a":[1,-2],"b\\"c":[[true]]}}');
  });

  it.each(['{"outputs":[[0.5,1.25]]}', '{\n "outputs": {"y": [[0.5, 1.25]]}\n}'])('reads %s', (text) => {
    expect(adapter.outputs(endpoint(), reply(text), expected)).toEqual(expected);
  });

  it('reads several outputs by name, whole floats and integers alike', () => {
    const both: NamedTensors = {
      a: expected['y']!,
      n: { dtype: 'int64', shape: [1], data: BigInt64Array.of(7n) },
    };
    expect(adapter.outputs(endpoint(), reply('{"outputs":{"n":[7],"a":[[0.5,1.25]]}}'), both)).toEqual(both);
  });

  it.each([
    ['{"error":"Servable not found for request: Latest(half)"}', 'Servable not found'],
    ['{"outputs":[[0.5,NaN]]}', 'holds NaN'],
    ['{"outputs":[[-Infinity,1]]}', 'holds -Infinity'],
    ['<html>502 Bad Gateway</html>', 'is not JSON'],
    ['{"predictions":[[0.5,1.25]]}', 'outputs is missing'],
    ['{"outputs":[[0.5,"1.25"]]}', 'a string where a number belongs'],
    ['{"outputs":[[0.5,null]]}', 'null where a number belongs'],
    ['{"outputs":[[0.5],[1.25,3]]}', 'ragged'],
    ['[]', 'no JSON object'],
    ['', 'is not JSON'],
    [`{"outputs":${'['.repeat(100_000)}`, 'body'],
    [`{"outputs":${'['.repeat(40)}1${']'.repeat(40)}}`, 'deep'],
  ])('refuses %s', (text, message) => {
    expect(() => adapter.outputs(endpoint(), reply(text), expected)).toThrow(message);
  });

  it('does not take NaN within a string for a number', () => {
    expect(() => adapter.outputs(endpoint(), reply('{"outputs":"NaN" x}'), expected)).toThrow('is not JSON');
  });
});

describe('the Open Inference Protocol', () => {
  const adapter = ADAPTERS['oip-v2'];

  it('writes JSON', () => {
    const call = adapter.inferCall(endpoint(), inputs);
    expect(call.path).toBe('/v2/models/half/infer');
    expect(textOf(call.body)).toBe(
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[0.1,2]}]}',
    );
  });

  it('writes JSON followed by bytes with the binary extension', () => {
    const call = adapter.inferCall(endpoint({ binary: true }), inputs);
    const json =
      '{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}';
    expect(call.headers?.['inference-header-content-length']).toBe(String(json.length));
    expect(textOf(call.body!.subarray(0, json.length))).toBe(json);
    // 0.1 and 2 as little-endian float32.
    expect([...call.body!.subarray(json.length)]).toEqual([0xcd, 0xcc, 0xcc, 0x3d, 0, 0, 0, 0x40]);
  });

  it.each(['[0.5,1.25]', '[[0.5,1.25]]'])('reads the data %s', (data) => {
    const text = `{"model_name":"half","model_version":"1","outputs":[{"name":"y","shape":[1,2],"datatype":"FP32","data":${data}}]}`;
    expect(adapter.outputs(endpoint(), reply(text), expected)).toEqual(expected);
  });

  it('reads binary outputs in their order, also those not asked for', () => {
    const json =
      '{"outputs":[{"name":"z","shape":[3],"datatype":"INT8","parameters":{"binary_data_size":3}},{"name":"y","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}';
    const bytes = Buffer.concat([
      Buffer.from(json),
      Buffer.of(1, 2, 3),
      Buffer.from(Float32Array.of(0.5, 1.25).buffer),
    ]);
    const header = { 'inference-header-content-length': String(json.length) };
    expect(adapter.outputs(endpoint({ binary: true }), reply(bytes, header), expected)).toEqual(expected);
    const cut = bytes.subarray(0, bytes.length - 1);
    expect(() => adapter.outputs(endpoint(), reply(cut, header), expected)).toThrow('8 bytes of which 7');
  });

  it.each([
    ['{"error":"failed to load model"}', {}, 'failed to load'],
    ['{"outputs":[{"name":"y","shape":[1,1000000000],"datatype":"FP32","data":[1]}]}', {}, 'outputs.y.shape'],
    ['{"outputs":[{"name":"y","shape":[1,-2],"datatype":"FP32","data":[1,2]}]}', {}, 'is no shape'],
    ['{"outputs":[{"name":"y","shape":[1,2],"datatype":"FP128","data":[1,2]}]}', {}, 'datatype'],
    ['{"outputs":[{"name":"y","shape":[1,2],"datatype":"FP32","data":[1]}]}', {}, '1 values instead of 2'],
    [
      '{"outputs":[{"name":"other","shape":[1,2],"datatype":"FP32","data":[1,2]}]}',
      {},
      'outputs.y is missing',
    ],
    [
      '{"outputs":[{"name":"y","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":1e15}}]}',
      {},
      'announces',
    ],
    ['{"outputs":[]}', { 'inference-header-content-length': '99999' }, 'no length within the body'],
    ['{"outputs":{"__proto__":{"name":"y"}}}', {}, 'outputs is missing'],
  ])('refuses %s', (text, headers, message) => {
    expect(() => adapter.outputs(endpoint(), reply(text, headers), expected)).toThrow(message);
  });

  it("reads Triton's statistics", () => {
    const text =
      '{"model_stats":[{"name":"half","version":"1","inference_stats":{"success":{"count":4,"ns":400},"queue":{"count":4,"ns":40},"compute_input":{"count":4,"ns":10},"compute_infer":{"count":4,"ns":300},"compute_output":{"count":4,"ns":50}}}]}';
    expect(adapter.statistics!.read(reply(text))).toEqual({ count: 4, queueNs: 40, computeNs: 360 });
    expect(adapter.statistics!.read({ ...reply('{"error":"no"}'), status: 404 })).toBeUndefined();
    expect(adapter.statistics!.read(reply('{}'))).toBeUndefined();
  });
});

describe('plain HTTP', () => {
  const template: HttpTemplate = {
    path: 'score',
    contentType: 'application/json',
    body: '{"image":{{input:x}},"raw":"{{base64:x}}"}',
    outputs: { y: 'result.0.scores' },
  };
  const adapter = ADAPTERS.http;

  it('fills the template', () => {
    const call = adapter.inferCall(endpoint({ protocol: 'http', template }), inputs);
    expect(call.path).toBe('/score');
    expect(textOf(call.body)).toBe('{"image":[[0.1,2]],"raw":"zczMPQAAAEA="}');
  });

  it('finds the outputs along their paths, own fields only', () => {
    const http = endpoint({ protocol: 'http', template });
    expect(adapter.outputs(http, reply('{"result":[{"scores":[[0.5,1.25]]}]}'), expected)).toEqual(expected);
    expect(() => adapter.outputs(http, reply('{"result":[]}'), expected)).toThrow(
      'result.0.scores is missing',
    );
    const inherited = endpoint({
      protocol: 'http',
      template: { ...template, outputs: { y: 'constructor.name' } },
    });
    expect(() => adapter.outputs(inherited, reply('{}'), expected)).toThrow('constructor.name is missing');
  });

  it('says which input or output is not there', () => {
    const http = endpoint({
      protocol: 'http',
      template: { ...template, body: '{{input:nope}}', outputs: {} },
    });
    expect(() => adapter.inferCall(http, inputs)).toThrow('"nope"');
    expect(() => adapter.outputs(http, reply('{}'), expected)).toThrow('"y"');
    expect(() => adapter.inferCall(endpoint({ protocol: 'http' }), inputs)).toThrow('no request template');
  });
});

describe('the check of an answer', () => {
  const y = (data: number[], shape = [1, 2]): NamedTensors => ({
    y: { dtype: 'float32', shape, data: Float32Array.from(data) },
  });

  it('gives the largest difference within the tolerance, whatever axes of size 1 there are', () => {
    expect(checkOutputs(y([0.5, 1.2501], [2]), expected, 1e-3)).toBeCloseTo(1e-4, 6);
  });

  it.each([
    ['a wrong value', y([0.5, 1.3]), 'element 1'],
    ['NaN', y([Number.NaN, 1.25]), 'NaN'],
    ['too few values', y([0.5], [1]), 'shape'],
    [
      'another type',
      { y: { dtype: 'int32', shape: [1, 2], data: Int32Array.of(0, 1) } } as NamedTensors,
      'int32',
    ],
    ['nothing', {}, 'missing'],
  ])('refuses %s', (_, outputs, message) => {
    expect(() => checkOutputs(outputs, expected, 1e-3)).toThrow(message);
  });
});
