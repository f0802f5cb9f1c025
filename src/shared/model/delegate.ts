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
