import { oc } from '@orpc/contract';
import * as z from 'zod';
import {
  edgeCloudComparisonSchema,
  gateResultSchema,
  historyAnalysisSchema,
  runComparisonSchema,
  whatIfSchema,
} from '../model/comparison';

/** An id of a run, or the beginning of one. */
const id = z.string().min(1).max(64);
const ids = z.array(id).min(1).max(200);

export const compareApi = {
  /** Each candidate against the base, with a verdict. */
  runs: oc.input(z.strictObject({ base: id, candidates: ids })).output(z.array(runComparisonSchema)),
  /** The run that is most like this one and older than it: what to compare with. */
  baseline: oc.input(z.strictObject({ id })).output(z.object({ id: z.string().optional() })),
  /** Without a base, the nearest earlier run of the first candidate's subject that carries a verdict; it passes when there is none. */
  gate: oc.input(z.strictObject({ base: id.optional(), candidates: ids })).output(gateResultSchema),
  /** How runs of the same subject as this one went over time. */
  history: oc.input(z.strictObject({ id })).output(historyAnalysisSchema),
  /** A model's runs and cloud baselines against each other; the newest run of each kind unless some are named. */
  edgeCloud: oc
    .input(z.strictObject({ modelHash: z.string().min(1).max(64), runIds: ids.optional() }))
    .output(edgeCloudComparisonSchema),
  /** Writes the same as a page that stands alone. */
  report: oc
    .input(
      z.strictObject({
        modelHash: z.string().min(1).max(64),
        runIds: ids.optional(),
        /** Also computes what these circumstances would change. */
        whatIf: whatIfSchema.optional(),
        out: z.string().min(1).max(4096),
      }),
    )
    .output(z.object({ file: z.string() })),
};
