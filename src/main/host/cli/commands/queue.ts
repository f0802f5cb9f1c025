import type { EngineClient } from '@shared/api/contract';
import { OPEN_PART_STATES, type PlanEntry } from '@shared/model/queue';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';
import type { Command } from 'commander';
import { given } from '../arguments';
import type { Output } from '../output';
import type { Session } from '../session';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

const STEPS = {
  pause: ['after the launch that is under way, until it is resumed', 'Paused'],
  resume: ['go on with what is left, also after an interruption', 'Resumed'],
  cancel: ['for good; what was measured stays in the history', 'Cancelled'],
} as const;

export function addQueue(program: Command, run: Run): void {
  const queue = program
    .command('queue')
    .description(
      'benchmarks that wait, run, or were interrupted, by device; added with "edgebench bench --queue"',
    )
    .action(() => run(list));
  queue
    .command('list')
    .description('the same as without a word')
    .action(() => run(list));
  for (const [name, [what, done]] of Object.entries(STEPS))
    queue
      .command(name)
      .argument('<plan>', 'the beginning of its id')
      .option('-d, --device <serial>', 'only its part on this device')
      .description(what)
      .action((id: string, { device }: { device?: string }) =>
        run(async ({ output, engine }) => {
          const client = await engine();
          await client.queue[name as keyof typeof STEPS](given({ id, serial: device }));
          const plans = (await client.queue.list()).filter((plan) => plan.id.startsWith(id));
          output.result({ done, plans }, `${done}.\n\n${plansTable(plans)}`);
        }),
      );
  queue
    .command('first')
    .argument('<plan>', 'the beginning of its id')
    .description('before all others that wait for the same devices')
    .action((id: string) =>
      run(async ({ output, engine }) => {
        await (await engine()).queue.first({ id });
        output.result({ done: 'Moved' }, 'It is the next one on its devices.');
      }),
    );
  queue
    .command('run')
    .description('measure what is queued, here, until nothing is left that goes on by itself')
    .action(() =>
      run(async ({ output, engine }) => {
        const client = await engine();
        await client.queue.serve();
        const plans = await followQueue(client, output);
        output.result({ plans }, plansTable(plans));
      }),
    );
}

async function list({ output, engine }: Session): Promise<void> {
  const plans = await (await engine()).queue.list();
  output.result({ plans }, plansTable(plans));
}

/** Tells what each device does until no part is queued or runs; the list then. */
async function followQueue(client: EngineClient, output: Output): Promise<PlanEntry[]> {
  const told = new Map<string, string>();
  let last: PlanEntry[] = [];
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    for await (const plans of await client.queue.watch(undefined, { signal: stop.signal })) {
      last = plans;
      for (const { id, parts } of plans)
        for (const { serial, state, message } of parts) {
          const key = `${id} ${serial}`;
          if (told.get(key) !== message && OPEN_PART_STATES.includes(state))
            output.progress({
              stage: `${key} ${message}`,
              message: `${id.slice(0, 8)} ${printable(message)}`,
            });
          told.set(key, message);
        }
      const isBusy = plans.some(({ parts }) =>
        parts.some(({ state }) => state === 'queued' || state === 'running'),
      );
      if (!isBusy) break;
    }
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    output.clear();
  }
  return last;
}

/** A line for each part of each plan. */
export function plansTable(plans: readonly PlanEntry[]): string {
  if (plans.length === 0) return 'The queue is empty. Add to it with: edgebench bench MODEL --queue';
  const rows = plans.flatMap(({ id, title, parts }) =>
    parts.map(({ serial, state, fraction, message }) => [
      id.slice(0, 8),
      printable(title),
      printable(serial),
      state,
      fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`,
      printable(message),
    ]),
  );
  return table(['plan', 'benchmark', 'device', 'state', '', ''], rows);
}
