import { constantNumbers } from './constant';
import { isForeign } from './foreign';
import { Graph, type Model, type Op, type Value } from './ir';
import { allGraphs } from './subgraphs';

/** Constants up to this many elements are printed with their values. */
const PRINTED_ELEMENTS = 8;

const typeText = (value: Value): string =>
  `${value.dtype}[${value.shape.map((size) => (size < 0 ? '?' : size)).join(',')}]` +
  (value.isVariable ? ' variable' : '') +
  (value.isResource ? ' resource' : '') +
  (value.quantization
    ? ` q(${value.quantization.scale.slice(0, PRINTED_ELEMENTS).join(' ')}${value.quantization.scale.length > PRINTED_ELEMENTS ? ' ..' : ''})`
    : '');

/** A model as text, one operator a line: for goldens, and for people. The same model gives the same text. */
export function printModel(model: Model): string {
  const graphs = allGraphs(model).map(printGraph);
  const signatures = model.signatures.map(
    ({ key, graph, inputs, outputs }) =>
      `signature ${key}: ${graph.name}(${inputs.map(({ name }) => name).join(', ')}) -> ${outputs.map(({ name }) => name).join(', ')}\n`,
  );
  return [...signatures, ...graphs].join('\n');
}

/** One graph as text. */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>();
  const nameOf = (value: Value | null): string => {
    if (!value) return 'none';
    const known = names.get(value);
    if (known) return known;
    if (value.constant) return constantText(value);
    const name = `%${names.size}`;
    names.set(value, name);
    return name;
  };
  const declare = (value: Value): string => `${nameOf(value)}: ${typeText(value)}`;
  const lines = [`graph ${graph.name}(${graph.inputs.map(declare).join(', ')})`];
  for (const op of graph.sorted()) {
    const operands = op.inputs.map(nameOf).join(', ');
    lines.push(`  ${op.outputs.map(declare).join(', ')} = ${op.type}(${operands})${attrsText(op)}`);
  }
  lines.push(`  return ${graph.outputs.map(nameOf).join(', ')}\n`);
  return lines.join('\n');
}

function constantText(value: Value): string {
  const count = value.shape.reduce((a, b) => a * b, 1);
  const numbers = count <= PRINTED_ELEMENTS ? constantNumbers(value) : undefined;
  return `${typeText(value)}${numbers ? `{${numbers.join(' ')}}` : '{..}'}`;
}

function attrsText(op: Op): string {
  if (isForeign(op)) return ` {version: ${op.attrs.foreign.version}}`;
  const entries = Object.entries(op.attrs as Record<string, unknown>);
  if (entries.length === 0) return '';
  const text = ([name, value]: [string, unknown]): string =>
    `${name}: ${value instanceof Graph ? value.name : JSON.stringify(value)}`;
  return ` {${entries.map(text).join(', ')}}`;
}
