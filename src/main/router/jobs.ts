import { AppError } from '@shared/error/app-error';
import type { App } from '../create-app';
import { benchmarkModelFlow } from '../flow/benchmark-model';
import { convertModelFlow, deliver } from '../flow/convert-model';
import { validateModelFlow } from '../flow/validate-model';
import type { Builder } from '.';

const titleOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

export const jobsRouter = (os: Builder, app: App) => ({
  convert: os.jobs.convert.handler(({ input }) =>
    app.jobs.start({
      kind: 'convert',
      title: `Convert ${titleOf(input.model)}: ${input.recipes.join(', ')}`,
      run: async (job) => {
        const { out, ...request } = input;
        const { variants } = await convertModelFlow(request, app.tools, job);
        job.note({
          files: out === undefined ? variants.map(({ path }) => path) : await deliver(variants, out),
        });
      },
    }),
  ),
  validate: os.jobs.validate.handler(({ input }) =>
    app.jobs.start({
      kind: 'validate',
      title: `Validate ${titleOf(input.variant)}`,
      run: (job) => validateModelFlow(input, app.tools, job),
    }),
  ),
  benchmark: os.jobs.benchmark.handler(({ input }) =>
    app.jobs.start({
      kind: 'benchmark',
      title: `Benchmark ${titleOf(input.model)}: ${input.recipes.join(', ')}`,
      lane: 'measure',
      run: async (job) => {
        await benchmarkModelFlow(input, app.tools, job);
      },
    }),
  ),
  cloud: os.jobs.cloud.handler(() => {
    throw new AppError('runtime.unavailable', 'Cloud baselines are not in this build yet.');
  }),
  list: os.jobs.list.handler(() => app.jobs.list()),
  cancel: os.jobs.cancel.handler(({ input }) => app.jobs.cancel(input.id)),
  watch: os.jobs.watch.handler(({ input, signal }) => app.jobs.watch(input.id, signal)),
});
