import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@shared/error/app-error';
import type { Run } from '@shared/model/run';
import { envelopeOf } from '@shared/statistics/envelope';
import { summarizeLatency } from '@shared/statistics/latency-summary';
import type { App } from '../create-app';
import { exportCsv, exportJson } from '../services/store';
import type { Builder } from '.';

async function summaryOf(app: App, run: Run) {
  const { runs } = await app.tools.store.list({ modelHash: run.model.hash, variantHash: run.variant.hash });
  return runs.find(({ id }) => id === run.id);
}

export const runsRouter = (os: Builder, app: App) => ({
  list: os.runs.list.handler(async ({ input }) => {
    const { limit, before, search, ...conditions } = input;
    const given = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
    const filter = { ...given, ...(search === undefined ? {} : { text: search }) };
    const page = await app.tools.store.list(filter, { limit, ...(before === undefined ? {} : { before }) });
    return { runs: [...page.runs], total: await app.tools.store.count(filter) };
  }),
  get: os.runs.get.handler(async ({ input }) => {
    const run = await app.tools.store.runs.get(await app.tools.store.runs.resolve(input.id));
    const summary = await summaryOf(app, run);
    if (!summary) throw new AppError('run.not-found', `There is no run ${input.id} any more.`);
    const launches = run.launches.map(({ samplesNs, ...launch }) => ({
      ...launch,
      samples: samplesNs.length,
    }));
    return { ...run, launches, summary };
  }),
  samples: os.runs.samples.handler(async ({ input }) => {
    const run = await app.tools.store.runs.get(await app.tools.store.runs.resolve(input.id));
    return { launches: run.launches.map(({ samplesNs }) => samplesNs) };
  }),
  trace: os.runs.trace.handler(async ({ input }) => {
    const run = await app.tools.store.runs.get(await app.tools.store.runs.resolve(input.id));
    const launches = run.launches.map(({ samplesNs }) => {
      const summary = summarizeLatency(samplesNs, 1);
      return {
        samples: samplesNs.length,
        ...envelopeOf(samplesNs, input.points),
        p50Ns: summary?.p50Ns ?? null,
        p90Ns: summary?.p90Ns ?? null,
        p99Ns: summary?.p99Ns ?? null,
      };
    });
    return { launches };
  }),
  remove: os.runs.remove.handler(async ({ input }) => {
    await app.tools.store.runs.delete(input.ids);
  }),
  export: os.runs.export.handler(async ({ input }) => {
    const file = resolve(input.out);
    const runs = async function* (): AsyncGenerator<Run> {
      for (const id of input.ids)
        yield await app.tools.store.runs.get(await app.tools.store.runs.resolve(id));
    };
    const text = input.format === 'csv' ? exportCsv(runs()) : exportJson(runs());
    await pipeline(Readable.from(text), createWriteStream(file)).catch((error: NodeJS.ErrnoException) => {
      throw error instanceof AppError
        ? error
        : new AppError('file.unwritable', `${file} cannot be written (${error.code ?? 'error'}).`, {
            cause: error,
          });
    });
    return { file };
  }),
});
