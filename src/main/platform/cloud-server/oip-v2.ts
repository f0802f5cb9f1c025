import { flatJson, tensorOfShape } from '@shared/cloud/json-tensor';
import {
  BinaryReader,
  binaryBody,
  JSON_LENGTH_HEADER,
  jsonLengthOf,
  OIP_TYPES,
  oipTypeOf,
} from '@shared/cloud/oip';
import { isAppError } from '@shared/error/app-error';
import type { NamedTensors, Tensor, TensorSpec } from '@shared/model/tensor';
import {
  RequestError,
  type Infer,
  type ServedModel,
  type ServerReply,
  type ServerRequest,
} from './served-model';
import type { TurnStatistics } from './turns';

// Paths and shapes: kserve/open-inference-protocol specification/protocol/inference_rest.md.
const MODEL_PATH = /^\/v2\/models\/([^/]+)(?:\/versions\/1)?(\/ready|\/infer|\/stats)?$/;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

function readInput(value: unknown, binary: BinaryReader): readonly [string, Tensor] {
  const { name, shape, datatype, parameters, data } = fieldsOf(value);
  const dtype = OIP_TYPES[String(datatype)];
  if (typeof name !== 'string' || dtype === undefined)
    throw new RequestError(400, 'an input has no name or an unknown datatype');
  if (
    !Array.isArray(shape) ||
    !shape.every((size): size is number => Number.isInteger(size) && (size as number) >= 0)
  ) {
    throw new RequestError(400, `input ${name} has no valid shape`);
  }
  const size = fieldsOf(parameters)['binary_data_size'];
  if (typeof size === 'number') return [name, binary.tensor(dtype, shape, size, `input ${name}`)];
  return [name, tensorOfShape(data, dtype, shape, `input ${name}`)];
}

function inputsOf(body: Fields, binary: BinaryReader, model: ServedModel): NamedTensors {
  const list = body['inputs'];
  if (!Array.isArray(list)) throw new RequestError(400, '"inputs" must be a list');
  const given = new Map(list.map((one) => readInput(one, binary)));
  return Object.fromEntries(
    model.signature.inputs.map(({ name, dtype }) => {
      const tensor = given.get(name);
      if (tensor === undefined) throw new RequestError(400, `input ${name} is missing`);
      if (tensor.dtype !== dtype) throw new RequestError(400, `input ${name} must be ${oipTypeOf(dtype)}`);
      return [name, tensor];
    }),
  );
}

/** Which outputs are asked for as bytes: all by the request's parameter, or each by its own. */
function wantsBinary(body: Fields): (name: string) => boolean {
  const all = fieldsOf(body['parameters'])['binary_data_output'] === true;
  const asked = Array.isArray(body['outputs']) ? body['outputs'].map(fieldsOf) : [];
  const own = new Map(asked.map((output) => [output['name'], fieldsOf(output['parameters'])['binary_data']]));
  return (name) => (own.get(name) ?? all) === true;
}

function inferReply(body: Fields, outputs: NamedTensors, model: ServedModel): ServerReply {
  const binary = wantsBinary(body);
  const raw: Tensor[] = [];
  const parts = Object.entries(outputs).map(([name, tensor]) => {
    const front = `{"name":${JSON.stringify(name)},"shape":[${tensor.shape.join(',')}],"datatype":"${oipTypeOf(tensor.dtype)}"`;
    if (!binary(name)) return `${front},"data":${flatJson(tensor)}}`;
    raw.push(tensor);
    return `${front},"parameters":{"binary_data_size":${tensor.data.byteLength}}}`;
  });
  const id = typeof body['id'] === 'string' ? `,"id":${JSON.stringify(body['id'])}` : '';
  const json = `{"model_name":${JSON.stringify(model.name)},"model_version":"1"${id},"outputs":[${parts.join(',')}]}`;
  if (raw.length === 0) return { status: 200, body: json };
  const { body: bytes, jsonLength } = binaryBody(json, raw);
  const headers = { [JSON_LENGTH_HEADER]: String(jsonLength), 'content-type': 'application/octet-stream' };
  return { status: 200, body: bytes, headers };
}

async function infer(request: ServerRequest, model: ServedModel, run: Infer): Promise<ServerReply> {
  if (request.method !== 'POST') throw new RequestError(405, 'infer takes POST');
  try {
    const header = request.headers[JSON_LENGTH_HEADER];
    const jsonLength = jsonLengthOf(Array.isArray(header) ? header[0] : header, request.body.length);
    const body = fieldsOf(JSON.parse(new TextDecoder().decode(request.body.subarray(0, jsonLength))));
    const inputs = inputsOf(body, new BinaryReader(request.body, jsonLength), model);
    return inferReply(body, await run(inputs), model);
  } catch (error) {
    // The readers speak of replies; here it is the request that does not match.
    if (isAppError(error) && error.code === 'cloud.bad-reply')
      throw new RequestError(400, `the request does not match: ${String(error.details['field'])}`);
    throw error;
  }
}

function metadata({ name, signature, framework }: ServedModel): string {
  const specs = (list: readonly TensorSpec[]) =>
    list.map((spec) => ({ name: spec.name, datatype: oipTypeOf(spec.dtype), shape: spec.shape }));
  return JSON.stringify({
    name,
    versions: ['1'],
    platform: framework,
    inputs: specs(signature.inputs),
    outputs: specs(signature.outputs),
  });
}

/** Triton's statistics extension (docs/protocol/extension_statistics.md). */
function statistics({ name }: ServedModel, { success, fail, queue, compute }: TurnStatistics): string {
  const none = { count: 0, ns: 0 };
  const inference_stats = {
    success,
    fail,
    queue,
    compute_input: none,
    compute_infer: compute,
    compute_output: none,
  };
  return JSON.stringify({
    model_stats: [
      { name, version: '1', inference_count: success.count, execution_count: success.count, inference_stats },
    ],
  });
}

/** Answers the Open Inference Protocol's requests; undefined for a path that is none of them. */
export async function oipV2(
  request: ServerRequest,
  model: ServedModel,
  run: Infer,
  counted: TurnStatistics,
): Promise<ServerReply | undefined> {
  if (request.path === '/v2') {
    return {
      status: 200,
      body: JSON.stringify({
        name: 'edgebench',
        version: '1',
        extensions: ['binary_tensor_data', 'statistics'],
      }),
    };
  }
  if (request.path === '/v2/health/live') return { status: 200, body: '{"live":true}' };
  if (request.path === '/v2/health/ready') return { status: 200, body: '{"ready":true}' };
  const match = MODEL_PATH.exec(request.path);
  if (match === null) return undefined;
  if (match[1] !== model.name) throw new RequestError(404, `there is no model ${match[1]!.slice(0, 80)}`);
  if (match[2] === '/infer') return infer(request, model, run);
  if (match[2] === '/stats') return { status: 200, body: statistics(model, counted) };
  return {
    status: 200,
    body: match[2] === '/ready' ? JSON.stringify({ name: model.name, ready: true }) : metadata(model),
  };
}
