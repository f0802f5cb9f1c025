import type { Model, Op } from './ir';
import { allGraphs } from './subgraphs';

/**
 * Attributes of an operator that no definition stands for: a custom one, or a builtin that we do not know. It can be
 * looked at, and counted; only a custom one, whose options are plain bytes, can be written again.
 */
export interface ForeignAttrs {
  readonly foreign: {
    readonly code: number;
    readonly version: number;
    /** Name of a custom operator; Flex operators run TensorFlow kernels and start with "Flex". */
    readonly customCode?: string;
    readonly customOptions?: Uint8Array;
  };
}

export const isForeign = (op: Op): op is Op<ForeignAttrs> => 'foreign' in op.attrs;

/** An operator that the built-in kernels do not have, and what a runtime needs to run it. */
export interface CustomOperator {
  readonly name: string;
  readonly needs: 'flex delegate' | 'custom kernel';
}

/** Custom operators of a model that was read, each named once, in order of use. */
export function customOperators(model: Model): CustomOperator[] {
  const names = new Set<string>();
  for (const graph of allGraphs(model))
    for (const op of graph.ops) {
      const name = isForeign(op) ? op.attrs.foreign.customCode : undefined;
      if (name !== undefined) names.add(name);
    }
  return Array.from(names, (name) => ({
    name,
    needs: name.startsWith('Flex') ? 'flex delegate' : 'custom kernel',
  }));
}
