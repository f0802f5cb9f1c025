import type { EngineClient } from '@shared/api/contract';
import type { Job } from '@shared/model/job';
import { appErrorOf } from './errors';
import type { Output } from './output';

/** What the entry hands to the commands: how to reach the engine, how to start the doors, where files lie. */
export interface Door {
  /** Starts the engine in this process (once) and gives the client to it. */
  connect(dataDir: string | undefined): Promise<{ readonly client: EngineClient; close(): Promise<void> }>;
  /** Starts the browser workbench; resolves when it has been stopped. */
  serve(options: {
    readonly dataDir: string | undefined;
    readonly port: number;
    readonly open: boolean;
  }): Promise<void>;
  readonly version: string;
}

/** One command's run: its output, and the engine when it needs it. */
export interface Session {
  readonly output: Output;
  readonly json: boolean;
  readonly dataDir: string | undefined;
  engine(): Promise<EngineClient>;
}

/** Shows a job's progress until it has ended; its failure is thrown as the AppError it was. */
export async function follow(client: EngineClient, job: Job, output: Output): Promise<Job> {
  const cancel = (): void => void client.jobs.cancel({ id: job.id });
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  let last = job;
  let logged = 0;
  try {
    for await (const state of await client.jobs.watch({ id: job.id })) {
      for (const line of state.log.slice(logged)) output.note(line);
      logged = state.log.length;
      if (state.endedAt === undefined) output.progress(state.progress);
      last = state;
    }
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    output.clear();
  }
  if (last.error) throw appErrorOf(last.error);
  return last;
}
