import type { Signature, TensorSpec } from '../model/tensor';
import { oipTypeOf } from './oip';

/** Inputs up to this many numbers are written out; larger ones are made by a short program in front of curl. */
const MAX_WRITTEN = 32;

const fixed = (port: TensorSpec): number[] => port.shape.map((size) => Math.max(1, size));
const count = (port: TensorSpec): number => fixed(port).reduce((product, size) => product * size, 1);

/** A JavaScript expression for nested lists of zeros. */
const nestedZeros = (shape: readonly number[]): string =>
  shape.reduceRight((inner, size) => `Array(${size}).fill(${inner})`, '0');

function written(shape: readonly number[]): unknown {
  const [size, ...rest] = shape;
  return size === undefined ? 0 : Array.from({ length: size }, () => written(rest));
}

function command(url: string, isSmall: boolean, body: unknown, expression: string): string {
  return isSmall
    ? `curl -s ${url} -d '${JSON.stringify(body)}'`
    : `node -p 'JSON.stringify(${expression})' | curl -s ${url} -d @-`;
}

const quoted = (name: string): string => JSON.stringify(name).replaceAll("'", '\\u0027');

/** Commands for a shell that ask a server for one inference on zeros: TensorFlow Serving's way, then the Open Inference Protocol's. */
export function exampleRequests(server: string, model: string, signature: Signature): string[] {
  const { inputs } = signature;
  const isSmall = inputs.reduce((total, port) => total + count(port), 0) <= MAX_WRITTEN;
  const name = encodeURIComponent(model);
  const [only, ...others] = inputs;
  const serving = `${server}/v1/models/${name}:predict`;
  const open = `${server}/v2/models/${name}/infer`;
  const columns = Object.fromEntries(inputs.map((port) => [port.name, written(isSmall ? fixed(port) : [])]));
  const alone = only !== undefined && others.length === 0;
  const lists = inputs.map((port) => `${quoted(port.name)}:${nestedZeros(fixed(port))}`).join(',');
  return [
    command(
      serving,
      isSmall,
      { inputs: alone ? columns[only.name] : columns },
      `{inputs:${alone ? nestedZeros(fixed(only)) : `{${lists}}`}}`,
    ),
    command(
      open,
      isSmall,
      {
        inputs: inputs.map((port) => ({
          name: port.name,
          shape: fixed(port),
          datatype: oipTypeOf(port.dtype),
          data: isSmall ? Array.from({ length: count(port) }, () => 0) : [],
        })),
      },
      `{inputs:[${inputs
        .map(
          (port) =>
            `{name:${quoted(port.name)},shape:[${fixed(port).join(',')}],datatype:"${oipTypeOf(port.dtype)}",data:Array(${count(port)}).fill(0)}`,
        )
        .join(',')}]}`,
    ),
  ];
}
