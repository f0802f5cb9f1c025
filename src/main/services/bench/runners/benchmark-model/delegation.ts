import type { Delegate } from '@shared/model/delegate';

/** What a transcript says of who ran the operators. */
export interface Delegation {
  /** Nodes that the delegate took, and of how many; undefined where it is not said. */
  delegated: number | undefined;
  operators: number | undefined;
  /** The same as the GPU delegate itself says it. */
  split: { readonly delegated: number; readonly operators: number } | undefined;
  /** Pieces of the graph that the delegate runs. */
  partitions: number | undefined;
  /** The whole graph, part of it or nothing of it; undefined where nothing is said. */
  extent: 'all' | 'part' | 'nothing' | undefined;
}

/** The tool's names of delegates (tools/delegates/*_provider.cc, GetName). */
export const PROVIDERS: Record<Exclude<Delegate, 'cpu'>, string> = {
  xnnpack: 'XNNPACK',
  nnapi: 'NNAPI',
  gpu: 'GPU',
  external: 'EXTERNAL',
};

/** core/subgraph.cc; versions before 2.9 do not say of how many. The partitions it names are those of the CPU, too. */
const REPLACING = /^Replacing (\d+)(?: out of (\d+))? node\(s\) with delegate \(([^)]*)\) node, yielding/;
const APPLIED =
  /^Explicitly applied (\S+) delegate, and the model graph will be (completely|partially) executed by the delegate(?: w\/ (\d+) delegate kernels)?/;
const NOT_APPLIED =
  /^Though (\S+) delegate is explicitly applied, the model graph will not be executed by the delegate/;
/** What the GPU delegate says when it cannot take all (delegates/gpu/common/model_builder.cc). */
const GPU_SPLIT =
  /^(\d+) operations will run on the GPU, and the remaining (\d+) operations will run on the CPU/;
const GPU_NONE = /^No operations will run on the GPU, and all (\d+) operations will run on the CPU/;

/** Reads one line into what is known; of several delegates, only the one that was asked for counts. */
export function readDelegation(line: string, asked: Delegate, into: Delegation): void {
  const replacing = REPLACING.exec(line);
  if (replacing && isOf(asked, replacing[3] ?? '')) {
    into.delegated = (into.delegated ?? 0) + Number(replacing[1]);
    if (replacing[2] !== undefined) into.operators = (into.operators ?? 0) + Number(replacing[2]);
    return;
  }
  const provider = asked === 'cpu' ? undefined : PROVIDERS[asked];
  const applied = APPLIED.exec(line);
  if (applied && applied[1] === provider) {
    into.extent = applied[2] === 'completely' ? 'all' : 'part';
    into.partitions ??= applied[3] === undefined ? 1 : Number(applied[3]);
    return;
  }
  if (NOT_APPLIED.exec(line)?.[1] === provider && provider !== undefined) into.extent = 'nothing';
  const split = asked === 'gpu' ? GPU_SPLIT.exec(line) : null;
  const none = asked === 'gpu' ? GPU_NONE.exec(line) : null;
  if (split) into.split = { delegated: Number(split[1]), operators: Number(split[1]) + Number(split[2]) };
  else if (none) into.split = { delegated: 0, operators: Number(none[1]) };
}

/** Names of the kernels that delegates put in place of nodes. */
const KERNELS: Record<Delegate, RegExp> = {
  cpu: /^$/,
  xnnpack: /xnnpack/i,
  nnapi: /nnapi/i,
  gpu: /gpu/i,
  external: /./,
};

const isOf = (asked: Delegate, kernel: string): boolean => KERNELS[asked].test(kernel);
