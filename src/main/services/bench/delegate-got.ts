import type { Coverage } from '@main/ports/device-runner';
import type { Delegate, DelegateGot } from '@shared/model/delegate';

const ON_CPU = new Set<Delegate>(['cpu', 'xnnpack']);

/**
 * What ran the model, by what was measured and not by what was asked: an accelerator counts only when it took every operator;
 * `mixed` when the CPU kept some, or when nobody tells how many.
 */
export function delegateGot(asked: Delegate, { operators, delegated }: Coverage): DelegateGot {
  if (asked === 'cpu' || delegated === 0) return 'cpu';
  if (ON_CPU.has(asked)) return delegated === undefined ? 'cpu' : asked;
  return delegated !== undefined && delegated === operators ? asked : 'mixed';
}
