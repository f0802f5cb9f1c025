import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@shared/error/app-error';
import type { Run, RunFacts } from '@shared/model/run';
import type { App } from '../create-app';
import { gatherEvidence, measuredRun } from '../flow/compare-model';
import { writeReport } from '../flow/write-report';
import { verdictOptions } from '../flow/noise-floor';
import {
  analyseHistory,
  compareRuns,
  conditionDifferences,
  gate,
  nearestBaseline,
  sameSubject,
  type MeasuredRun,
} from '../services/compare';
import type { RunOutline } from '../services/store';
import type { Builder } from '.';

const MAX_HISTORY = 200;
/** A gate closes on what is confirmed only: the first run of all passes. */
const NOTHING_EARLIER =
  'Nothing was judged: there is no earlier completed run of the same model, recipe and device, measured with --profile standard or release, to hold this one against.';

export const compareRouter = (os: Builder, app: App) => {
  const { store } = app.tools;
  const load = async (id: string): Promise<Run> => store.runs.get(await store.runs.resolve(id));
  const outline = async (id: string): Promise<RunOutline> => store.runs.outline(await store.runs.resolve(id));
  const loadAll = async (ids: readonly string[]): Promise<Run[]> => {
    const runs: Run[] = [];
    for (const id of ids) runs.push(await load(id));
    return runs;
  };
  /** Earlier runs of the same model, recipe and device, oldest first, the run itself last. */
  const series = async (run: RunFacts): Promise<RunOutline[]> => {
    const page = await store.list(
      { modelHash: run.model.hash, recipe: run.variant.recipe, deviceSerial: run.device.serial },
      { limit: MAX_HISTORY },
    );
    const runs: RunOutline[] = [];
    for (const { id } of [...page.runs].reverse()) runs.push(await store.runs.outline(id));
    return runs.filter((other) => sameSubject(run, other));
  };
  /** The run that is most like this one among those before it, the newest of several. */
  const nearest = async (run: RunFacts, isEligible: (other: RunFacts) => boolean = () => true) => {
    const earlier = await series(run);
    const place = earlier.findIndex(({ id }) => id === run.id);
    return nearestBaseline(run, earlier.slice(0, Math.max(0, place)).filter(isEligible).reverse());
  };
  /** What candidates are held against when nobody said it: a run before the first of them whose profile carries a verdict. */
  const baseOf = async (candidates: readonly Run[]): Promise<Run | undefined> => {
    const [first] = candidates;
    const found = first && (await nearest(first, ({ profile }) => profile.verdict));
    return found && candidates.every(({ id }) => id !== found.run.id) ? load(found.run.id) : undefined;
  };
  return {
    runs: os.compare.runs.handler(async ({ input }) => {
      const base = await load(input.base);
      const candidates = await loadAll(input.candidates);
      return Promise.all(
        candidates.map(async (candidate) =>
          compareRuns(base, candidate, await verdictOptions(store, base, candidate)),
        ),
      );
    }),
    baseline: os.compare.baseline.handler(async ({ input }) => {
      const found = await nearest(await outline(input.id));
      return found ? { id: found.run.id } : {};
    }),
    gate: os.compare.gate.handler(async ({ input }) => {
      const candidates = await loadAll(input.candidates);
      const base = input.base === undefined ? await baseOf(candidates) : await load(input.base);
      if (!base) return { state: 'pass' as const, verdicts: [], sentence: NOTHING_EARLIER };
      const options = await Promise.all(
        candidates.map((candidate) => verdictOptions(store, base, candidate)),
      );
      const [first] = candidates;
      return {
        ...gate(base, candidates, options),
        baseId: base.id,
        differences: first ? conditionDifferences(base, first) : [],
      };
    }),
    history: os.compare.history.handler(async ({ input }) => {
      const runs = await series(await outline(input.id));
      const measured: MeasuredRun[] = [];
      for (const { id } of runs) measured.push(await measuredRun(store, id));
      return analyseHistory(measured);
    }),
    edgeCloud: os.compare.edgeCloud.handler(
      async ({ input }) => (await gatherEvidence(app.tools, input.modelHash, input.runIds)).comparison,
    ),
    report: os.compare.report.handler(async ({ input }) => {
      const html = await writeReport(app.tools, input.modelHash, input.runIds, input.whatIf);
      const file = resolve(input.out);
      await writeFile(file, html).catch((error: NodeJS.ErrnoException) => {
        throw new AppError('file.unwritable', `${file} cannot be written (${error.code ?? 'error'}).`, {
          cause: error,
        });
      });
      return { file };
    }),
  };
};
