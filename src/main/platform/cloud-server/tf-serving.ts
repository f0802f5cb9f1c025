import { tensorFromJson, tensorJson, type PlainType } from '@shared/cloud/json-tensor';
import type { NamedTensors, Tensor, TensorSpec } from '@shared/model/tensor';
import {
  RequestError,
  type Infer,
  type ServedModel,
  type ServerReply,
  type ServerRequest,
} from './served-model';

// Paths and shapes: tensorflow/serving tensorflow_serving/g3doc/api_rest.md.
const PATH = /^\/v1\/models\/([^/:]+)(?:\/(?:versions\/1|labels\/[^/:]+))?(:predict|\/metadata)?$/;

type Fields = Readonly<Record<string, unknown>>;

function inputsOf(body: Fields, model: ServedModel): NamedTensors {
  const specs = model.signature.inputs;
  const { instances, inputs } = body;
  if (inputs !== undefined && instances === undefined) return columns(inputs, specs);
  if (instances === undefined || inputs !== undefined) {
    throw new RequestError(400, 'exactly one of "instances" and "inputs" must be given');
  }
  if (!Array.isArray(instances) || instances.length === 0)
    throw new RequestError(400, '"instances" must be a list with something in it');
  const first: unknown = instances[0];
  const named = typeof first === 'object' && first !== null && !Array.isArray(first);
  return Object.fromEntries(
    specs.map((spec) => {
      if (!named && specs.length > 1) throw new RequestError(400, 'instances must name their inputs');
      const values: unknown[] = named
        ? instances.map((one: unknown) => (one as Fields)[spec.name])
        : instances;
      return [spec.name, inputTensor(values, spec)];
    }),
  );
}

function columns(inputs: unknown, specs: readonly TensorSpec[]): NamedTensors {
  const named = typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs);
  if (!named && specs.length > 1) throw new RequestError(400, 'several inputs must be named');
  return Object.fromEntries(
    specs.map((spec) => [spec.name, inputTensor(named ? (inputs as Fields)[spec.name] : inputs, spec)]),
  );
}

/** AppErrors of the reader are about replies; for a server they are about the request. */
function inputTensor(value: unknown, spec: TensorSpec): Tensor {
  if (value === undefined) throw new RequestError(400, `input ${spec.name} is missing`);
  if (spec.dtype === 'string')
    throw new RequestError(400, `input ${spec.name} holds strings, which are not served here`);
  try {
    return tensorFromJson(value, spec.dtype satisfies PlainType, `input ${spec.name}`);
  } catch {
    throw new RequestError(400, `input ${spec.name} is not a tensor of ${spec.dtype}`);
  }
}

/** One row of a tensor's first axis, without a copy. */
function row(tensor: Tensor, index: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = shape.reduce((a, b) => a * b, 1);
  const data = tensor.data.subarray(index * size, (index + 1) * size);
  return { dtype: tensor.dtype, shape, data };
}

function rowsJson(outputs: NamedTensors): string {
  const named = Object.entries(outputs);
  const count = named[0]?.[1].shape[0];
  if (count === undefined || named.some(([, tensor]) => tensor.shape[0] !== count)) {
    throw new RequestError(
      400,
      'the outputs do not share their first axis: ask with "inputs" instead of "instances"',
    );
  }
  const rows = Array.from({ length: count }, (_, i) => {
    const parts = named.map(([name, tensor]) => [name, tensorJson(row(tensor, i))] as const);
    return parts.length === 1
      ? parts[0]![1]
      : `{${parts.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
  });
  return `{"predictions":[${rows.join(',')}]}`;
}

function columnsJson(outputs: NamedTensors): string {
  const parts = Object.entries(outputs).map(([name, tensor]) => [name, tensorJson(tensor)] as const);
  const json =
    parts.length === 1
      ? parts[0]![1]
      : `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${part}`).join(',')}}`;
  return `{"outputs":${json}}`;
}

const tensorInfo = (spec: TensorSpec) => ({
  dtype: `DT_${{ float32: 'FLOAT', float64: 'DOUBLE' }[spec.dtype as string] ?? spec.dtype.toUpperCase()}`,
  tensor_shape: { dim: spec.shape.map((size) => ({ size: String(size), name: '' })), unknown_rank: false },
  name: spec.name,
});

function metadata({ name, signature }: ServedModel): string {
  const infos = (specs: readonly TensorSpec[]) =>
    Object.fromEntries(specs.map((spec) => [spec.name, tensorInfo(spec)]));
  const definition = {
    inputs: infos(signature.inputs),
    outputs: infos(signature.outputs),
    method_name: 'tensorflow/serving/predict',
  };
  return JSON.stringify({
    model_spec: { name, signature_name: '', version: '1' },
    metadata: { signature_def: { signature_def: { [signature.key]: definition } } },
  });
}

const STATUS = JSON.stringify({
  model_version_status: [
    { version: '1', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } },
  ],
});

async function predict(request: ServerRequest, model: ServedModel, infer: Infer): Promise<ServerReply> {
  if (request.method !== 'POST') throw new RequestError(405, 'predict takes POST');
  const body = JSON.parse(new TextDecoder().decode(request.body)) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RequestError(400, 'the body must be an object');
  const fields = body as Fields;
  const asked = fields['signature_name'];
  if (asked !== undefined && asked !== '' && asked !== model.signature.key) {
    throw new RequestError(400, `there is no signature ${JSON.stringify(asked).slice(0, 80)}`);
  }
  const outputs = await infer(inputsOf(fields, model));
  return { status: 200, body: fields['instances'] === undefined ? columnsJson(outputs) : rowsJson(outputs) };
}

/** Answers TensorFlow Serving's REST requests; undefined for a path that is none of them. */
export async function tfServing(
  request: ServerRequest,
  model: ServedModel,
  infer: Infer,
): Promise<ServerReply | undefined> {
  const match = PATH.exec(request.path);
  if (match === null) return undefined;
  if (match[1] !== model.name)
    throw new RequestError(404, `Servable not found for request: Latest(${match[1]!.slice(0, 80)})`);
  if (match[2] === ':predict') return predict(request, model, infer);
  return { status: 200, body: match[2] === '/metadata' ? metadata(model) : STATUS };
}
