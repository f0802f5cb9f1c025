import type { DType } from '@shared/model/dtype';
import type { Op } from '../../graph/ir';
import type { OpVersion } from '../op';

/**
 * Versions of an operator from the list of runtimes that first had each: `since[0]` is version 1's. The figures are those
 * of google-ai-edge/LiteRT tflite/converter/tools/versioning/{op_version,runtime_version}.cc.
 */
export const versions =
  (...since: readonly string[]) =>
  (version: number): OpVersion => {
    const runtime = since[version - 1];
    if (runtime === undefined) throw new Error(`no version ${version} among ${since.length}`);
    return { version, since: runtime };
  };

/** The first runtime with kernels for 16-bit activations and 8-bit weights. */
export const INT16_SINCE = '2.3.0';

/** The version that an operand's element type asks for; 1 for types not listed. */
export const versionByType = (op: Op, operand: number, byType: Partial<Record<DType, number>>): number =>
  byType[op.input(operand).dtype] ?? 1;

/** The versions of an operator, by number. */
export type Versions = ReturnType<typeof versions>;
