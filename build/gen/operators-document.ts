import type { QuantizationFacts } from '@main/services/convert/ops/op';
import { LAYER_CLASSES } from '@main/services/convert/read/keras/registry';
import { ALL_OPS, SOURCE_OPS, type RegisteredOp } from '@main/services/convert/registry';

interface OpModule {
  readonly op?: RegisteredOp;
  readonly lowerings?: Readonly<Record<string, unknown>>;
}

const folder = '../../src/main/services/convert/ops/';
const modules = import.meta.glob<OpModule>(
  ['../../src/main/services/convert/ops/*.ts', '!../../src/main/services/convert/ops/op.ts'],
  { eager: true },
);
/** The texts: what a definition's version function can answer, and what composed operators are about, stands there only. */
const texts = import.meta.glob<string>('../../src/main/services/convert/ops/**/*.ts', {
  eager: true,
  query: '?raw',
  import: 'default',
});

/** Nodes that only our own readers write. */
const OURS = new Set(['_Gru', '_Lstm', '_SimpleRnn']);

/** Those that stand in files; others exist between passes only. */
const WRITTEN_OPS = ALL_OPS.filter(({ code }) => code >= 0);

const fileOf = new Map(
  Object.entries(modules).flatMap(([file, { op }]) => (op ? [[op.type, file] as const] : [])),
);

/** The document docs/operators.md, made from the registries of operators and of Keras layers. */
export function operatorsDocument(): string {
  return [
    '# Operators',
    '',
    'Made by `npm run gen` from the converter’s registry; do not edit.',
    '',
    'A model is converted when every node of its chosen signature is one of the TensorFlow operators below. Nodes of',
    'TensorFlow.js graph models have the same names; layers of Keras and TensorFlow.js layers models are written as such',
    'nodes first. Anything else is refused, all nodes at once, with their names. How each kind of quantization treats an',
    'operator is explained in [quantization.md](quantization.md).',
    '',
    `## TensorFlow Lite operators (${WRITTEN_OPS.length})`,
    '',
    'Versions are the operator’s, each with the first TensorFlow Lite runtime that has it; the lowest one that serves is',
    'written.',
    '',
    '| operator | TensorFlow operators | versions (runtime) | int8 | 16x8 | dynamic range |',
    '| --- | --- | --- | --- | --- | --- |',
    ...WRITTEN_OPS.map(
      (op) =>
        `| ${op.type} | ${Object.keys(op.lower ?? {})
          .sort()
          .join(', ')} | ${versionsOf(op)} | ${int8(op.quantization)} | ` +
        `${op.quantization.int16Kernel ? 'yes' : 'stays float'} | ${dynamicRange(op.quantization)} |`,
    ),
    '',
    '## TensorFlow operators written with others',
    '',
    '| TensorFlow operators | what they are |',
    '| --- | --- |',
    ...composed(),
    '',
    `## Keras layers (${LAYER_CLASSES.length})`,
    '',
    `${LAYER_CLASSES.join(', ')}.`,
    '',
    `${SOURCE_OPS.filter((name) => !OURS.has(name)).length} TensorFlow operators in all.`,
    '',
  ].join('\n');
}

/** "1 (1.5.0), 2 (1.14.0)", from the operator's file or the family's that it imports. */
function versionsOf(op: RegisteredOp): string {
  const file = fileOf.get(op.type) ?? '';
  const family = Array.from(
    texts[file]?.matchAll(/from '\.\/(kit\/[\w-]+)'/g) ?? [],
    ([, name]) => `${folder}${name}.ts`,
  );
  for (const place of [file, ...family]) {
    const list =
      /\bversions\(([^)]*)\)/.exec(texts[place] ?? '')?.[1] ?? /since: '[^']+'/.exec(texts[place] ?? '')?.[0];
    const runtimes = Array.from(list?.matchAll(/'([\d.]+)'/g) ?? [], ([, runtime]) => runtime);
    if (runtimes.length > 0) return runtimes.map((runtime, i) => `${i + 1} (${runtime})`).join(', ');
  }
  throw new Error(`no list of versions found for ${op.type}`);
}

function int8({ rule, int8, outputs, operands }: QuantizationFacts): string {
  switch (rule) {
    case 'free':
      return outputs?.length === 0 ? 'yes' : 'yes, own scale';
    case 'same':
      return 'yes, operand’s scale';
    case 'fixed':
      return int8 ? `yes, scale ${int8[0]}, zero point ${int8[1]}` : 'stays float';
    case 'transparent':
      return operands?.length === 0 ? 'no real numbers' : 'yes';
    case 'float':
      return 'stays float';
  }
}

function dynamicRange({ dynamicRange }: QuantizationFacts): string {
  if (dynamicRange === undefined) return '';
  return dynamicRange === 'compute' ? 'int8 weights, int8 arithmetic' : 'int8 weights';
}

/** One row per file of operators that have no TFLite operator of their own, with what its comment says. */
function composed(): string[] {
  return Object.entries(modules)
    .filter(([, { lowerings }]) => lowerings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, { lowerings }]) => {
      const text = texts[file] ?? '';
      const before = text.slice(0, text.indexOf('export const lowerings'));
      const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before)?.[1];
      const topic =
        comment?.replace(/\s*\n\s*\*\s*/g, ' ').trim() ?? file.slice(folder.length, -3).replaceAll('-', ' ');
      const names = Object.keys(lowerings ?? {}).filter((name) => !OURS.has(name));
      return `| ${names.sort().join(', ')} | ${topic.replaceAll('|', '\\|')} |`;
    });
}
