import type { SourceAttr, SourceNode, SourceRef } from '../../source';
import type { Wire } from '@shared/protobuf/wire';
import { readShape, readTensor } from './tensor-proto';
import { dtypeOfNumber } from './types';

/** A NodeDef as the file has it: inputs still as text, control edges included. */
export interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, SourceAttr>>;
}

/** tensorflow/core/framework/node_def.proto */
export function readNode(wire: Wire): RawNode {
  let name = '';
  let op = '';
  const inputs: string[] = [];
  const attrs = emptyAttrs();
  while (wire.next())
    if (wire.field === 1) name = wire.string();
    else if (wire.field === 2) op = wire.string();
    else if (wire.field === 3) inputs.push(wire.string());
    else if (wire.field === 5)
      readMapEntry(wire.message(), (key, value) => {
        // Names with an underscore are TensorFlow's own notes (`_output_shapes`), which may be most of a file.
        if (!key.startsWith('_')) addAttr(attrs, key, readAttr(value));
      });
    else wire.skip();
  return { name, op, inputs, attrs };
}

/** No prototype: names of attributes come from the file. */
export const emptyAttrs = (): Record<string, SourceAttr> => Object.create(null) as Record<string, SourceAttr>;

const addAttr = (attrs: Record<string, SourceAttr>, key: string, attr: SourceAttr | undefined): void => {
  if (attr) attrs[key] = attr;
};

/** An entry of a map<string, message>: key is field 1, value field 2. */
export function readMapEntry(entry: Wire, use: (key: string, value: Wire) => void): void {
  let key = '';
  let value: Wire | undefined;
  while (entry.next())
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.message();
    else entry.skip();
  if (value) use(key, value);
}

/** tensorflow/core/framework/attr_value.proto; undefined for a kind that nothing here needs. */
export function readAttr(wire: Wire): SourceAttr | undefined {
  let attr: SourceAttr | undefined;
  while (wire.next())
    switch (wire.field) {
      case 1:
        attr = { kind: 'list', value: readList(wire.message()) };
        break;
      case 2:
        attr = { kind: 'string', value: wire.string() };
        break;
      case 3:
        attr = { kind: 'int', value: wire.int() };
        break;
      case 4:
        attr = { kind: 'float', value: wire.float() };
        break;
      case 5:
        attr = { kind: 'bool', value: wire.bool() };
        break;
      case 6:
        attr = { kind: 'dtype', value: dtypeOfNumber(wire.int()) };
        break;
      case 7:
        attr = { kind: 'shape', value: readShape(wire.message()) };
        break;
      case 8: {
        const tensor = readTensor(wire.message());
        attr = tensor && { kind: 'tensor', value: tensor };
        break;
      }
      case 10:
        attr = { kind: 'function', value: readFunctionName(wire.message()) };
        break;
      default:
        wire.skip();
    }
  return attr;
}

function readList(wire: Wire): readonly SourceAttr[] {
  const list: SourceAttr[] = [];
  const numbers: number[] = [];
  const kinds: ('int' | 'float' | 'bool' | 'dtype')[] = [];
  while (wire.next()) {
    const before = numbers.length;
    const numeric = ({ 3: 'int', 4: 'float', 5: 'bool', 6: 'dtype' } as const)[wire.field];
    if (numeric) {
      if (numeric === 'float') wire.floats(numbers);
      else wire.ints(numbers);
      for (let i = before; i < numbers.length; i++) kinds.push(numeric);
    } else if (wire.field === 2) list.push({ kind: 'string', value: wire.string() });
    else if (wire.field === 7) list.push({ kind: 'shape', value: readShape(wire.message()) });
    else if (wire.field === 8) {
      const tensor = readTensor(wire.message());
      if (tensor) list.push({ kind: 'tensor', value: tensor });
    } else if (wire.field === 9) list.push({ kind: 'function', value: readFunctionName(wire.message()) });
    else wire.skip();
  }
  kinds.forEach((kind, i) => {
    const value = numbers[i] as number;
    if (kind === 'bool') list.push({ kind, value: value !== 0 });
    else if (kind === 'dtype') list.push({ kind, value: dtypeOfNumber(value) });
    else list.push({ kind, value });
  });
  return list;
}

/** A NameAttrList. Its attributes only matter to functions that are generic in types, which no exporter writes. */
function readFunctionName(wire: Wire): string {
  let name = '';
  while (wire.next())
    if (wire.field === 1) name = wire.string();
    else if (wire.field === 2) readMapEntry(wire.message(), (_, value) => readAttr(value));
    else wire.skip();
  return name;
}

/** Turns a main graph's input ("node", "node:1") into a reference; undefined for a control edge ("^node"). */
export function graphRef(input: string): SourceRef | undefined {
  if (input.startsWith('^')) return undefined;
  const colon = input.lastIndexOf(':');
  const output = colon < 0 ? 0 : Number(input.slice(colon + 1));
  if (colon < 0 || !Number.isSafeInteger(output)) return { node: input, output: 0 };
  return { node: input.slice(0, colon), output };
}

/** A node with its references resolved. */
export const resolveNode = (raw: RawNode, ref: (input: string) => SourceRef | undefined): SourceNode => {
  const waitsFor = raw.inputs.filter((input) => input.startsWith('^')).map((input) => input.slice(1));
  return {
    name: raw.name,
    op: raw.op,
    inputs: raw.inputs.map(ref).filter((each) => each !== undefined),
    attrs: raw.attrs,
    ...(waitsFor.length > 0 ? { waitsFor } : {}),
  };
};
