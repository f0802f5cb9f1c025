import type { Graph } from '../graph/ir';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.5.0');

interface CallOnceAttrs {
  init_subgraph_index: Graph;
}

/** Runs a graph without inputs and outputs the first time that it is met: what variables start with. */
export const op = defineOp<CallOnceAttrs>({
  type: 'CALL_ONCE',
  code: 129,
  options: { union: 103, fields: [['init_subgraph_index', 'graph']] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: () => [],
  stateful: true,
});
