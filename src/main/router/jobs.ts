import type { App } from '../create-app';
import { convertModelFlow } from '../flow/convert-model';
import { deliver } from '../flow/deliver';
import { inspectModel } from '../flow/inspect-model';
import { cloudRequest } from '../flow/cloud-plan';
import { modelName } from '../flow/model-name';
import { measureCloudFlow } from '../flow/measure-cloud';
import { validateModelFlow } from '../flow/validate-model';
import { THIS_COMPUTER } from '../services/device';
import type { Builder } from '.';

export const jobsRouter = (os: Builder, app: App) => ({
  convert: os.jobs.convert.handler(({ input }) =>
    app.jobs.start({
      kind: 'convert',
      title: `Convert ${modelName(input.model)}: ${input.recipes.join(', ')}`,
      run: async (job) => {
        const { out, ...request } = input;
        const { variants } = await convertModelFlow(request, app.tools, job);
        job.note({
          files: out === undefined ? variants.map(({ path }) => path) : await deliver(variants, out, job),
        });
      },
    }),
  ),
  validate: os.jobs.validate.handler(({ input }) =>
    app.jobs.start({
      kind: 'validate',
      title: `Validate ${modelName(input.variant)}`,
      run: (job) => validateModelFlow(input, app.tools, job),
    }),
  ),
  benchmark: os.jobs.benchmark.handler(({ input }) => app.queue.start(input)),
  cloud: os.jobs.cloud.handler(({ input }) =>
    app.jobs.start({
      kind: 'cloud',
      title: `Cloud baseline of ${modelName(input.model)}`,
      lane: THIS_COMPUTER,
      run: async (job) => {
        const model = await inspectModel(input.model, app.tools, job.signal, job.progress);
        job.note({ modelId: model.id });
        await measureCloudFlow(cloudRequest(input, model), app.tools, job);
      },
    }),
  ),
  list: os.jobs.list.handler(() => app.jobs.list()),
  cancel: os.jobs.cancel.handler(({ input }) => app.jobs.cancel(input.id)),
  watch: os.jobs.watch.handler(({ input, signal }) => app.jobs.watch(input.id, signal)),
});
