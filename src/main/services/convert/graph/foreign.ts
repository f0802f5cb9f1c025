import type { Op } from './ir';

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
