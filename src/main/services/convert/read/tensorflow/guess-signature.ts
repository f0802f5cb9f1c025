import { AppError } from '@shared/error/app-error';
import type { SourceNode, SourcePort, SourceSignature } from '../../source';
import { byNaturalName } from './natural-order';
import { isTensorDType } from './types';

/** Operators that end in nothing without being an answer. */
const NO_OUTPUTS: ReadonlySet<string> = new Set(['Const', 'NoOp', 'Assert', 'Placeholder']);

/** The signature of a graph that has none: what has to be fed, and what nothing uses or waits for. */
export function guessSignature(nodes: ReadonlyMap<string, SourceNode>, key: string): SourceSignature {
  const all = Array.from(nodes.values());
  const used = new Set(all.flatMap((node) => node.inputs.map((ref) => ref.node)));
  const awaited = new Set(all.flatMap((node) => node.waitsFor ?? []));
  const inputs: SourcePort[] = [];
  const outputs: SourcePort[] = [];
  for (const node of nodes.values()) {
    const type = node.attrs['dtype'] ?? node.attrs['T'];
    const dtype = type?.kind === 'dtype' && isTensorDType(type.value) ? type.value : 'float32';
    const shape = node.attrs['shape'];
    const port = { name: node.name, dtype, ref: { node: node.name, output: 0 } };
    if (node.op === 'Placeholder' && used.has(node.name))
      inputs.push({ ...port, shape: shape?.kind === 'shape' ? shape.value : undefined });
    else if (!used.has(node.name) && !awaited.has(node.name) && !NO_OUTPUTS.has(node.op))
      outputs.push({ ...port, shape: undefined });
  }
  if (outputs.length === 0)
    throw new AppError('model.unreadable', 'the graph has no outputs. Export the model again.');
  return { key, inputs: inputs.sort(byNaturalName), outputs: outputs.sort(byNaturalName) };
}
