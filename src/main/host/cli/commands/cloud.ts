import { type Command, Option } from 'commander';
import { given, parsePositive } from '../arguments';
import { follow, type Session } from '../session';
import { bytesText, millisText, percentText, printable, table } from '../table';
import type { BaselineEntry } from '@shared/api/cloud';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

interface MeasureFlags {
  readonly url?: string;
  readonly protocol?: 'tf-serving' | 'oip-v2';
  readonly name?: string;
  readonly data?: string;
  readonly network?: string;
  readonly rate?: number;
  readonly seconds?: number;
  readonly closedLoop?: boolean;
}

export function addCloud(program: Command, run: Run): void {
  const cloud = program
    .command('cloud')
    .description('measure the original behind a server: the baseline of every comparison');
  cloud
    .command('measure')
    .argument('<model>', 'the original model; served on this machine unless --url names a server that has it')
    .option('--url <address>', 'a server, e.g. http://host:8501')
    .addOption(
      new Option('--protocol <name>', 'what it speaks')
        .choices(['tf-serving', 'oip-v2'])
        .default('tf-serving'),
    )
    .option('--name <model>', 'what the server calls the model')
    .option('--data <path>', 'samples to send (.npz, .npy); random data when left out')
    .option('--network <profile>', 'simulated network: none, wifi, 4g, 5g, 3g')
    .option('--rate <n>', 'requests per second', parsePositive)
    .option('--seconds <n>', 'length of one window', parsePositive)
    .option('--closed-loop', 'next request after the reply: hides stalls, labelled so')
    .action((model: string, flags: MeasureFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const job = await client.jobs.cloud(
          given({
            model,
            url: flags.url,
            protocol: flags.url === undefined ? undefined : flags.protocol,
            servedName: flags.name,
            data: flags.data,
            network: flags.network,
            requestsPerSecond: flags.rate,
            seconds: flags.seconds,
            closedLoop: flags.closedLoop,
          }),
        );
        const done = await follow(client, job, output);
        const baselines = await client.cloud.baselines(given({ modelHash: done.modelId }));
        const [newest] = baselines;
        output.result(
          { modelId: done.modelId, baseline: newest ?? null },
          baselineTable(newest ? [newest] : []),
        );
      }),
    );
  cloud
    .command('list')
    .description('list the stored baselines')
    .action(() =>
      run(async ({ output, engine }) => {
        const baselines = await (await engine()).cloud.baselines({});
        output.result({ baselines }, baselineTable(baselines));
      }),
    );
}

/** Baselines as a table; a network that is no real one is called simulated. */
export function baselineTable(baselines: readonly BaselineEntry[]): string {
  if (baselines.length === 0) return 'No cloud baselines.';
  const rows = baselines.map((baseline) => [
    printable(baseline.modelName),
    printable(baseline.endpoint.title),
    baseline.network.name === 'none' ? 'none (loopback)' : `${baseline.network.name} (simulated)`,
    millisText(baseline.latency?.p50Ns),
    millisText(baseline.latency?.p90Ns),
    millisText(baseline.latency?.p99Ns),
    String(Math.round(baseline.goodputPerSecond)),
    percentText(baseline.errorRate),
    bytesText(baseline.requestBytes),
    baseline.status,
  ]);
  return table(
    ['model', 'endpoint', 'network', 'p50 ms', 'p90 ms', 'p99 ms', 'per s', 'errors', 'sent', 'status'],
    rows,
  );
}
