import type { SourceAttr, SourceDType, SourceFunction, SourceNode, SourceRef } from '../../source';
import type { Wire } from '@shared/protobuf/wire';
import { emptyAttrs, readAttr, readMapEntry, readNode, resolveNode, type RawNode } from './node-def';
import { flatOutput } from './output-args';
import { dtypeOfNumber } from './types';

export interface FunctionArg {
  readonly name: string;
  readonly dtype: SourceDType;
}

/** A FunctionDef in the file's own terms; references are resolved once all functions are known. */
export interface RawFunction {
  readonly name: string;
  readonly args: readonly FunctionArg[];
  readonly results: readonly FunctionArg[];
  readonly nodes: readonly RawNode[];
  /** Result name to "node:output:index" or the name of an argument. */
  readonly returns: ReadonlyMap<string, string>;
  readonly interface?: SourceFunction['interface'];
}

/** Only the name of a FunctionDef, to index a library without decoding it. */
export function readFunctionName(wire: Wire): string {
  while (wire.next())
    if (wire.field === 1)
      for (const signature = wire.message(); signature.next();)
        if (signature.field === 1) return signature.string();
        else signature.skip();
    else wire.skip();
  return '';
}

/** tensorflow/core/framework/function.proto */
export function readFunction(wire: Wire): RawFunction {
  let name = '';
  const args: FunctionArg[] = [];
  const results: FunctionArg[] = [];
  const nodes: RawNode[] = [];
  const returns = new Map<string, string>();
  const attrs = emptyAttrs();
  while (wire.next())
    if (wire.field === 1)
      for (const signature = wire.message(); signature.next();)
        if (signature.field === 1) name = signature.string();
        else if (signature.field === 2) args.push(readArg(signature.message()));
        else if (signature.field === 3) results.push(readArg(signature.message()));
        else signature.skip();
    else if (wire.field === 3) nodes.push(readNode(wire.message()));
    else if (wire.field === 4) readTextEntry(wire.message(), returns);
    else if (wire.field === 5)
      readMapEntry(wire.message(), (key, value) => {
        const attr = INTERFACE_ATTRS.has(key) ? readAttr(value) : undefined;
        if (attr) attrs[key] = attr;
      });
    else wire.skip();
  return { name, args, results, nodes, returns, ...interfaceOf(attrs) };
}

/** What a function does, by a name that its author gave, and the shapes that it was traced with. */
const INTERFACE_ATTRS = new Set(['_implements', '_input_shapes']);

function interfaceOf(attrs: Readonly<Record<string, SourceAttr>>): Pick<RawFunction, 'interface'> {
  const [implemented, shapes] = [attrs['_implements'], attrs['_input_shapes']];
  if (implemented?.kind !== 'string') return {};
  const list = shapes?.kind === 'list' ? shapes.value : [];
  const inputShapes = list.map((shape) => (shape.kind === 'shape' ? shape.value : undefined));
  return { interface: { name: implemented.value, inputShapes } };
}

/**
 * Resolves a function's own notation ("node:output argument:index") to flat output numbers. Arguments become nodes of op
 * `_Arg`. `resultsOf` gives the result names of another function, for nodes whose op is a function's name.
 */
export function resolveFunction(
  raw: RawFunction,
  resultsOf: (functionName: string) => readonly string[] | undefined,
): SourceFunction {
  const nodes = new Map<string, SourceNode>();
  const byName = new Map(raw.nodes.map((node) => [node.name, node]));
  raw.args.forEach((arg, index) => {
    const attrs = emptyAttrs();
    attrs['index'] = { kind: 'int', value: index };
    attrs['T'] = { kind: 'dtype', value: arg.dtype };
    nodes.set(arg.name, { name: arg.name, op: '_Arg', inputs: [], attrs });
  });
  const ref = (input: string): SourceRef | undefined => {
    if (input.startsWith('^')) return undefined;
    const [node = '', output, index = '0'] = input.split(':');
    const producer = byName.get(node);
    if (!producer || output === undefined) return { node, output: 0 };
    return { node, output: flatOutput(producer, output, Number(index), resultsOf) };
  };
  for (const node of raw.nodes) nodes.set(node.name, resolveNode(node, ref));
  const outputs = raw.results.map(
    (result) => ref(raw.returns.get(result.name) ?? '') ?? { node: '', output: 0 },
  );
  return {
    name: raw.name,
    args: raw.args,
    nodes,
    outputs,
    ...(raw.interface ? { interface: raw.interface } : {}),
  };
}

function readArg(wire: Wire): FunctionArg {
  let name = '';
  let dtype: SourceDType = 'other';
  while (wire.next())
    if (wire.field === 1) name = wire.string();
    else if (wire.field === 3) dtype = dtypeOfNumber(wire.int());
    else wire.skip();
  return { name, dtype };
}

/** An entry of a map<string, string>. */
function readTextEntry(entry: Wire, into: Map<string, string>): void {
  let key = '';
  let value = '';
  while (entry.next())
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.string();
    else entry.skip();
  into.set(key, value);
}
