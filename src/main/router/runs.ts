import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@shared/error/app-error';
import type { Trace } from '@shared/api/runs';
import type { Run } from '@shared/model/run';
import { envelopeOf } from '@shared/statistics/envelope';
import { summarizeLatency } from '@shared/statistics/latency-summary';
import type { App } from '../create-app';
import { importArchive } from '../flow/import-runs';
import { exportCsv, exportJson } from '../services/store';
import type { Builder } from '.';

export const runsRouter = (os: Builder, app: App) => ({
  list: os.runs.list.handler(async ({ input }) => {
    const { limit, before, search, ...conditions } = input;
    const given = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
    const filter = { ...given, ...(search === undefined ? {} : { text: search }) };
    const page = await app.tools.store.list(filter, { limit, ...(before === undefined ? {} : { before }) });
    return { runs: [...page.runs], total: page.total };
  }),
  get: os.runs.get.handler(async ({ input }) => {
    const run = await app.tools.store.runs.outline(await app.tools.store.runs.resolve(input.id));
    return { ...run, launches: [...run.launches], summary: await app.tools.store.runs.summary(run.id) };
  }),
  samples: os.runs.samples.handler(async ({ input }) => {
    const run = await app.tools.store.runs.get(await app.tools.store.runs.resolve(input.id));
    return { launches: run.launches.map(({ samplesNs }) => samplesNs) };
  }),
  trace: os.runs.trace.handler(async ({ input }) => {
    const id = await app.tools.store.runs.resolve(input.id);
    const launches: Trace[] = [];
    for await (const { samplesNs } of app.tools.store.runs.launches(id)) {
      const summary = summarizeLatency(samplesNs, 1);
      launches.push({
        samples: samplesNs.length,
        ...envelopeOf(samplesNs, input.points),
        p50Ns: summary?.p50Ns ?? null,
        p90Ns: summary?.p90Ns ?? null,
        p99Ns: summary?.p99Ns ?? null,
      });
    }
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
  import: os.runs.import.handler(async ({ input }) => {
    const { imported, refused } = await importArchive(app.tools.store, input.file);
    return { imported: [...imported], refused: [...refused] };
  }),
});
