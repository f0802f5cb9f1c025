import type { Job } from '@shared/model/job';
import { computed, shallowRef, watch } from 'vue';
import { connectionGeneration, engine } from '../client/engine';

const RETRY_MS = 1000;

const jobs = shallowRef<readonly Job[]>([]);

function put(job: Job): void {
  const at = jobs.value.findIndex(({ id }) => id === job.id);
  if (at < 0) jobs.value = [job, ...jobs.value];
  else jobs.value = jobs.value.map((known, i) => (i === at ? job : known));
}

/** Follows all jobs over one line to the engine; a lost line ends it, and the next line starts it anew. */
async function follow(generation: number): Promise<void> {
  try {
    const client = engine();
    jobs.value = await client.jobs.list();
    for await (const job of await client.jobs.watch({})) {
      if (generation !== connectionGeneration.value) return;
      put(job);
    }
  } catch {
    // The line was lost: the connection's state says so, and its next generation comes here again.
  }
  if (generation === connectionGeneration.value) setTimeout(() => void follow(generation), RETRY_MS);
}

watch(connectionGeneration, (generation) => void follow(generation));

export const jobsStore = {
  jobs: computed(() => jobs.value),
  running: computed(() => jobs.value.filter(({ endedAt }) => endedAt === undefined)),
  /** A job that was just started, before the stream tells of it. */
  started: put,
  find: (id: string): Job | undefined => jobs.value.find((job) => job.id === id),
};
