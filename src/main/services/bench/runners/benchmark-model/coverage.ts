import type { Coverage } from '@main/ports/device-runner';
import type { RuntimeInfo } from './runtime-info';
import type { Transcript } from './transcript';

/** Who ran the operators, from the most exact of what a run tells: its runtime information, its log, its table of operators. */
export function coverageOf(transcript: Transcript, info: RuntimeInfo | undefined): Coverage {
  const { delegation, tables } = transcript;
  return {
    ...(info ?? told(transcript)),
    partitions: info?.partitions ?? delegation.partitions ?? tables.nodes()?.kernels,
    runtimeVersion: undefined,
    times: tables.times,
  };
}

function told({ delegation, tables }: Transcript): Pick<Coverage, 'operators' | 'delegated'> {
  const { delegated, operators, extent, split } = delegation;
  const nodes = tables.nodes();
  if (extent === 'nothing') return { operators: operators ?? split?.operators ?? nodes?.left, delegated: 0 };
  if (delegated !== undefined && operators !== undefined) return { operators, delegated };
  if (delegated !== undefined && extent === 'all') return { operators: delegated, delegated };
  if (split) return split;
  if (delegated !== undefined && nodes) return { operators: delegated + nodes.left, delegated };
  if (nodes?.kernels === 0) return { operators: nodes.left, delegated: 0 };
  return { operators: undefined, delegated: undefined };
}
