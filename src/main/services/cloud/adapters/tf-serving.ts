import { badReply, tensorFromJson, tensorJson, type PlainType } from '@shared/cloud/json-tensor';
import type { Endpoint } from '@shared/model/cloud';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import type { CloudAdapter } from '../adapter';
import { fieldsOf, own, replyFields } from './reply';

// Paths and shapes: tensorflow/serving tensorflow_serving/g3doc/api_rest.md.
const modelPath = ({ model, version }: Endpoint): string =>
  `/v1/models/${encodeURIComponent(model)}${version === undefined ? '' : `/versions/${encodeURIComponent(version)}`}`;

/** The columnar form, which takes inputs of any shape. A single input drops its name. */
function body(endpoint: Endpoint, inputs: NamedTensors): string {
  const named = Object.entries(inputs).map(([name, tensor]) => [name, tensorJson(tensor)] as const);
  const value =
    named.length === 1
      ? named[0]![1]
      : `{${named.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
  const signature =
    endpoint.signature === undefined ? '' : `"signature_name":${JSON.stringify(endpoint.signature)},`;
  return `{${signature}"inputs":${value}}`;
}

const read = (value: unknown, like: Tensor, field: string): Tensor =>
  tensorFromJson(value, like.dtype as PlainType, field);

/** TensorFlow Serving's REST interface. */
export const tfServing: CloudAdapter = {
  inferCall: (endpoint, inputs) => ({
    method: 'POST',
    path: `${modelPath(endpoint)}:predict`,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(body(endpoint, inputs)),
  }),

  outputs(_endpoint, reply, expected) {
    const outputs = own(replyFields(reply), 'outputs');
    if (outputs === undefined) throw badReply('outputs', 'is missing');
    const names = Object.keys(expected);
    // One named tensor drops its name.
    if (names.length === 1) {
      const name = names[0]!;
      const alone = own(fieldsOf(outputs), name) ?? outputs;
      return { [name]: read(alone, expected[name]!, `outputs.${name}`) };
    }
    return Object.fromEntries(
      names.map((name) => {
        const value = own(fieldsOf(outputs), name);
        if (value === undefined) throw badReply(`outputs.${name}`, 'is missing');
        return [name, read(value, expected[name]!, `outputs.${name}`)];
      }),
    );
  },
};
