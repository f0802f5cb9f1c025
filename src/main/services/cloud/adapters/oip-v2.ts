import { badReply, flatJson, tensorOfShape } from '@shared/cloud/json-tensor';
import {
  BinaryReader,
  binaryBody,
  JSON_LENGTH_HEADER,
  jsonLengthOf,
  OIP_TYPES,
  oipTypeOf,
} from '@shared/cloud/oip';
import type { Endpoint } from '@shared/model/cloud';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';
import type { HttpCall } from '@main/ports/http-client';
import type { CloudAdapter, ServerTotals } from '../adapter';
import { fieldsOf, optionalFields, own, replyFields, type Fields } from './reply';

// Paths and shapes: kserve/open-inference-protocol specification/protocol/inference_rest.md.
const modelPath = ({ model, version }: Endpoint): string =>
  `/v2/models/${encodeURIComponent(model)}${version === undefined ? '' : `/versions/${encodeURIComponent(version)}`}`;

const front = (name: string, tensor: Tensor): string =>
  `"name":${JSON.stringify(name)},"shape":[${tensor.shape.join(',')}],"datatype":"${oipTypeOf(tensor.dtype)}"`;

function jsonCall(endpoint: Endpoint, inputs: NamedTensors): HttpCall {
  const parts = Object.entries(inputs).map(
    ([name, tensor]) => `{${front(name, tensor)},"data":${flatJson(tensor)}}`,
  );
  return {
    method: 'POST',
    path: `${modelPath(endpoint)}/infer`,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(`{"inputs":[${parts.join(',')}]}`),
  };
}

function binaryCall(endpoint: Endpoint, inputs: NamedTensors): HttpCall {
  const parts = Object.entries(inputs).map(
    ([name, tensor]) =>
      `{${front(name, tensor)},"parameters":{"binary_data_size":${tensor.data.byteLength}}}`,
  );
  const json = `{"parameters":{"binary_data_output":true},"inputs":[${parts.join(',')}]}`;
  const { body, jsonLength } = binaryBody(json, Object.values(inputs));
  return {
    method: 'POST',
    path: `${modelPath(endpoint)}/infer`,
    headers: { 'content-type': 'application/octet-stream', [JSON_LENGTH_HEADER]: String(jsonLength) },
    body,
  };
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length <= 16 &&
  value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);

function outputTensor(fields: Fields, binary: BinaryReader, like: Tensor | undefined, field: string): Tensor {
  const dtype = OIP_TYPES[String(own(fields, 'datatype'))];
  if (dtype === undefined) throw badReply(`${field}.datatype`, 'is unknown');
  const shape = own(fields, 'shape');
  if (!isShape(shape)) throw badReply(`${field}.shape`, 'is no shape');
  const size = own(fieldsOf(own(fields, 'parameters')), 'binary_data_size');
  if (typeof size === 'number') {
    if (!Number.isSafeInteger(size) || size < 0)
      throw badReply(`${field}.parameters.binary_data_size`, 'is no length');
    return binary.tensor(dtype, shape, size, field);
  }
  // Before anything is allocated for it: a shape alone costs a server nothing.
  if (like !== undefined && elementCount(shape) !== like.data.length) {
    throw badReply(`${field}.shape`, `is [${shape.join(', ')}] instead of [${like.shape.join(', ')}]`);
  }
  return tensorOfShape(own(fields, 'data'), dtype, shape, field);
}

function readTotals(fields: Fields | undefined): ServerTotals | undefined {
  const list = fields === undefined ? undefined : own(fields, 'model_stats');
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const stats = fieldsOf(own(fieldsOf(first), 'inference_stats'));
  const ns = (name: string) => Number(own(fieldsOf(own(stats, name)), 'ns') ?? 0);
  const count = Number(own(fieldsOf(own(stats, 'success')), 'count'));
  if (!Number.isFinite(count)) return undefined;
  const computeNs = ns('compute_input') + ns('compute_infer') + ns('compute_output');
  return { count, queueNs: ns('queue'), computeNs };
}

/** The Open Inference Protocol v2, with the binary extension where the endpoint asks for it. */
export const oipV2: CloudAdapter = {
  inferCall: (endpoint, inputs) =>
    endpoint.binary ? binaryCall(endpoint, inputs) : jsonCall(endpoint, inputs),

  outputs(_endpoint, reply, expected) {
    const jsonLength = jsonLengthOf(reply.headers[JSON_LENGTH_HEADER], reply.body.length);
    const list = own(replyFields(reply, jsonLength), 'outputs');
    if (!Array.isArray(list)) throw badReply('outputs', 'is missing');
    const binary = new BinaryReader(reply.body, jsonLength);
    const found = new Map<string, Tensor>();
    for (const [index, one] of list.entries()) {
      const fields = fieldsOf(one);
      const name = own(fields, 'name');
      if (typeof name !== 'string') throw badReply(`outputs[${index}].name`, 'is missing');
      // Every tensor is read, asked for or not: the bytes of the next one come after it.
      found.set(name, outputTensor(fields, binary, expected[name], `outputs.${name.slice(0, 80)}`));
    }
    return Object.fromEntries(
      Object.keys(expected).map((name) => {
        const tensor = found.get(name);
        if (tensor === undefined) throw badReply(`outputs.${name}`, 'is missing');
        return [name, tensor];
      }),
    );
  },

  statistics: {
    call: (endpoint) => ({ method: 'GET', path: `${modelPath(endpoint)}/stats` }),
    read: (reply) => readTotals(optionalFields(reply)),
  },

  describe: {
    call: (endpoint) => ({ method: 'GET', path: modelPath(endpoint) }),
    read(reply) {
      const platform = own(optionalFields(reply) ?? {}, 'platform');
      return typeof platform === 'string' ? platform.slice(0, 200) : undefined;
    },
  },
};
