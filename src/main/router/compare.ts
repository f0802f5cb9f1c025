import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@shared/error/app-error';
import type { Run } from '@shared/model/run';
import type { App } from '../create-app';
import { gatherEvidence } from '../flow/compare-model';
import { writeReport } from '../flow/write-report';
import { analyseHistory, compareRuns, gate, nearestBaseline, sameSubject } from '../services/compare';
import type { Builder } from '.';

const MAX_HISTORY = 200;

export const compareRouter = (os: Builder, app: App) => {
  const { store } = app.tools;
  const load = async (id: string): Promise<Run> => store.runs.get(await store.runs.resolve(id));
  const loadAll = async (ids: readonly string[]): Promise<Run[]> => {
    const runs: Run[] = [];
    for (const id of ids) runs.push(await load(id));
    return runs;
  };
  /** Earlier runs of the same model, recipe and device, oldest first, the run itself last. */
  const series = async (run: Run): Promise<Run[]> => {
    const page = await store.list(
      { modelHash: run.model.hash, recipe: run.variant.recipe, deviceSerial: run.device.serial },
      { limit: MAX_HISTORY },
    );
    const runs = await loadAll(page.runs.map(({ id }) => id).reverse());
    return runs.filter((other) => sameSubject(run, other));
  };
  return {
    runs: os.compare.runs.handler(async ({ input }) => {
      const base = await load(input.base);
      return (await loadAll(input.candidates)).map((candidate) => compareRuns(base, candidate));
    }),
    baseline: os.compare.baseline.handler(async ({ input }) => {
      const run = await load(input.id);
      const earlier = await series(run);
      const found = nearestBaseline(
        run,
        earlier.slice(
          0,
          earlier.findIndex(({ id }) => id === run.id),
        ),
      );
      return found ? { id: found.run.id } : {};
    }),
    gate: os.compare.gate.handler(async ({ input }) =>
      gate(await load(input.base), await loadAll(input.candidates)),
    ),
    history: os.compare.history.handler(async ({ input }) =>
      analyseHistory(await series(await load(input.id))),
    ),
    edgeCloud: os.compare.edgeCloud.handler(
      async ({ input }) => (await gatherEvidence(store, input.modelHash, input.runIds)).comparison,
    ),
    report: os.compare.report.handler(async ({ input }) => {
      const html = await writeReport(store, input.modelHash, input.runIds, app.tools.appVersion);
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
