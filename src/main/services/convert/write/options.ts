import { Graph, type Op } from '../graph/ir';
import type { OptionKind } from '../ops/op';
import type { RegisteredOp } from '../registry';
import type { Field, Node } from './flatbuffer';

/** The options table of an operator; undefined when it has none. */
export function optionsNode(
  definition: RegisteredOp,
  op: Op,
  subgraphIndex: (graph: Graph) => number,
): Node | undefined {
  if (!definition.options) return undefined;
  const attrs = op.attrs as Record<string, unknown>;
  const fields = definition.options.fields.map(([name, kind, defaultValue]) =>
    kind === 'deprecated'
      ? undefined
      : encode(kind, attrs[name], defaultValue, `${op.type} '${op.name}': ${name}`, subgraphIndex),
  );
  return { kind: 'table', fields };
}

function encode(
  kind: Exclude<OptionKind, 'deprecated'>,
  value: unknown,
  defaultValue: number | boolean | undefined,
  what: string,
  subgraphIndex: (graph: Graph) => number,
): Field | undefined {
  if (value === undefined || value === defaultValue) return undefined;
  switch (kind) {
    case 'graph': {
      if (!(value instanceof Graph)) throw new Error(`${what} is no graph`);
      const index = subgraphIndex(value);
      return index === 0 ? undefined : { kind: 'int32', value: index };
    }
    case 'string':
      if (typeof value !== 'string') throw new Error(`${what} is no text`);
      return { kind: 'string', text: value };
    case 'int32[]':
    case 'float32[]':
      if (!Array.isArray(value)) throw new Error(`${what} is no list`);
      return { kind: 'numbers', type: kind === 'int32[]' ? 'int32' : 'float32', values: value as number[] };
    case 'bool':
      return value === (defaultValue ?? false) ? undefined : { kind, value: value ? 1 : 0 };
    default:
      if (typeof value !== 'number' || (kind !== 'float32' && !Number.isSafeInteger(value)))
        throw new Error(`${what} is ${String(value)}, which is no ${kind}`);
      return value === (defaultValue ?? 0) ? undefined : { kind, value };
  }
}
