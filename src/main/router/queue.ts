import type { App } from '../create-app';
import type { Builder } from '.';

export const queueRouter = (os: Builder, { queue }: App) => ({
  list: os.queue.list.handler(() => queue.list()),
  watch: os.queue.watch.handler(({ signal }) => queue.watch(signal)),
  add: os.queue.add.handler(({ input }) => queue.add(input)),
  pause: os.queue.pause.handler(({ input }) => queue.wish(input, 'pause')),
  resume: os.queue.resume.handler(({ input }) => queue.wish(input, 'resume')),
  cancel: os.queue.cancel.handler(({ input }) => queue.wish(input, 'cancel')),
  first: os.queue.first.handler(({ input }) => queue.first(input.id)),
  serve: os.queue.serve.handler(() => queue.serve()),
});
