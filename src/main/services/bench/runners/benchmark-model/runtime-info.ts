import { Wire } from '@shared/protobuf/wire';

const SUBGRAPHS = 2;
const NODES = 3;
const NODE_ID = 1;
const DELEGATE_DETAILS = 8;
const DELEGATED_TO = 9;
const MOST_NODES = 1_000_000;

export interface RuntimeInfo {
  /** Operators of the model, and how many of them delegates took. */
  readonly operators: number;
  readonly delegated: number;
  /** Nodes that delegates put in their place. */
  readonly partitions: number;
}

/**
 * Who runs what, from the file that `--export_model_runtime_info` writes (profiling/proto/model_runtime_info.proto: ModelRuntimeDetails):
 * a node with a delegate's details is the delegate's own, one that is delegated to another was the model's. Undefined for a
 * damaged file.
 */
export function readRuntimeInfo(bytes: Uint8Array): RuntimeInfo | undefined {
  const info = { operators: 0, delegated: 0, partitions: 0 };
  try {
    for (const model = Wire.of(bytes, 'The runtime information'); model.next();) {
      if (model.field !== SUBGRAPHS) model.skip();
      else for (const graph = model.message(); graph.next();) takeNode(graph, info);
    }
  } catch {
    return undefined;
  }
  return info.operators > 0 && info.delegated <= info.operators ? info : undefined;
}

function takeNode(graph: Wire, info: { operators: number; delegated: number; partitions: number }): void {
  if (graph.field !== NODES) return graph.skip();
  let [isKernel, isDelegated, hasId] = [false, false, false];
  for (const node = graph.message(); node.next();) {
    isKernel ||= node.field === DELEGATE_DETAILS;
    isDelegated ||= node.field === DELEGATED_TO;
    hasId ||= node.field === NODE_ID;
    node.skip();
  }
  if (!hasId || info.operators + info.partitions >= MOST_NODES) return;
  if (isKernel) info.partitions++;
  else {
    info.operators++;
    if (isDelegated) info.delegated++;
  }
}
