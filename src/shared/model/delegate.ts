import * as z from 'zod';

export const DELEGATES = ['cpu', 'xnnpack', 'nnapi', 'gpu', 'external'] as const;
export type Delegate = (typeof DELEGATES)[number];

/** What a model ran with: `mixed` is an accelerator that took some of the operators, with the CPU for the rest. */
export const DELEGATES_GOT = [...DELEGATES, 'mixed'] as const;
export type DelegateGot = (typeof DELEGATES_GOT)[number];

export const DELEGATE_TITLES: Record<DelegateGot, string> = {
  cpu: 'CPU, built-in kernels',
  xnnpack: 'CPU, XNNPACK',
  nnapi: 'NNAPI',
  gpu: 'GPU',
  external: 'external delegate',
  mixed: 'mixed',
};

const text = z.string().min(1).max(1024);

/** What to run a model with. */
export const delegateChoiceSchema = z.strictObject({
  kind: z.enum(DELEGATES),
  /** The delegate's library: a file on this computer, sent to the device; needed for `external`. */
  library: z.string().min(1).max(4096).optional(),
  /** Options that the delegate's library is given, by name. */
  options: z.record(text, z.string().max(1024)).optional(),
});
export type DelegateChoice = z.infer<typeof delegateChoiceSchema>;

/** What of the operators ran where, by what was measured. */
export interface DelegationFacts {
  readonly delegateAsked: Delegate;
  readonly delegateGot: DelegateGot;
  readonly delegatedOps?: number | undefined;
  readonly totalOps?: number | undefined;
  readonly partitions?: number | undefined;
}

/** In words: "GPU, all 64 operators", or "GPU was asked for: 37 of 64 operators ran there, the rest on the CPU". */
export function delegateText(facts: DelegationFacts): string {
  const { delegateAsked, delegateGot, delegatedOps, totalOps, partitions } = facts;
  const title = DELEGATE_TITLES[delegateAsked];
  const pieces = partitions !== undefined && partitions > 1 ? ` in ${partitions} pieces` : '';
  if (delegateAsked === 'cpu') return title;
  if (delegateAsked === delegateGot) {
    if (delegatedOps === undefined || totalOps === undefined) return title;
    return delegatedOps === totalOps
      ? `${title}, all ${totalOps} operators`
      : `${title}, ${delegatedOps} of ${totalOps} operators${pieces}`;
  }
  const count =
    delegatedOps === undefined || totalOps === undefined ? 'some' : `${delegatedOps} of ${totalOps}`;
  return delegateGot === 'mixed'
    ? `${title} was asked for: ${count} operators ran there${pieces}, the rest on the CPU`
    : `${title} was asked for: no operator ran there, all ran on the CPU`;
}
