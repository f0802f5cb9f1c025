import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { BaselineEntry } from '@shared/api/cloud';
import { AppError } from '@shared/error/app-error';
import { httpTemplateSchema, type CloudProtocol, type HttpTemplate } from '@shared/model/cloud';
import {
  given,
  parseNotNegative,
  parsePositive,
  parsePositiveInt,
  parsePositiveInts,
  parsePositives,
} from '../arguments';
import { networkGiven, withNetworkFlags, type NetworkFlags } from '../network-flags';
import { follow, type Session } from '../session';
import { bytesText, millisText, percentText } from '@shared/text/figures';
import { errorsText, splitText } from '@shared/text/cloud-text';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';
import { addCloudServe } from './cloud-serve';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

interface MeasureFlags extends NetworkFlags {
  readonly url?: string;
  readonly protocol?: CloudProtocol;
  readonly name?: string;
  readonly modelVersion?: string;
  readonly signature?: string;
  readonly binary?: boolean;
  readonly template?: string;
  readonly secret?: string;
  readonly secretHeader?: string;
  readonly pin?: string;
  readonly price?: number;
  readonly data?: string;
  readonly arrivals?: 'poisson' | 'constant';
  readonly rate?: number;
  readonly rates?: number[];
  readonly concurrency?: number;
  readonly concurrencies?: number[];
  readonly seconds?: number;
  readonly timeout?: number;
  readonly closedLoop?: boolean;
}

export function addCloud(program: Command, run: Run): void {
  const cloud = program
    .command('cloud')
    .description('measure the original behind a server: the baseline of every comparison');
  addCloudServe(cloud, run);
  withMeasureFlags(cloud.command('measure')).action((model: string, flags: MeasureFlags) =>
    run(async ({ output, engine }) => {
      const template = flags.template === undefined ? undefined : await templateFrom(flags.template);
      const client = await engine();
      const job = await client.jobs.cloud(
        given({
          model,
          url: flags.url,
          protocol: flags.protocol,
          servedName: flags.name,
          servedVersion: flags.modelVersion,
          signature: flags.signature,
          binary: flags.binary,
          template,
          secret: flags.secret,
          secretHeader: flags.secretHeader,
          pinnedCertificate: flags.pin?.replaceAll(':', '').toLowerCase(),
          pricePerThousand: flags.price,
          data: flags.data,
          ...networkGiven(flags),
          arrivals: flags.arrivals,
          requestsPerSecond: flags.rate,
          rates: flags.rates,
          concurrency: flags.concurrency,
          concurrencies: flags.concurrencies,
          seconds: flags.seconds,
          timeoutSeconds: flags.timeout,
          closedLoop: flags.closedLoop,
        }),
      );
      const done = await follow(client, job, output);
      const made = new Set(done.baselineIds);
      const all = await client.cloud.baselines(given({ modelHash: done.modelId }));
      const baselines = all.filter(({ id }) => made.has(id)).reverse();
      output.result(
        { modelId: done.modelId, baseline: baselines[0] ?? null, baselines },
        baselineTable(baselines),
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

const withMeasureFlags = (command: Command): Command =>
  withNetworkFlags(command)
    .argument('<model>', 'the original model; served on this machine unless --url names a server that has it')
    .description('measure the original behind a server, and keep the result as a baseline')
    .option('--url <address>', 'a server, e.g. http://host:8501')
    .addOption(
      new Option(
        '--protocol <name>',
        'what it speaks (tf-serving with --url, oip-v2 on this machine)',
      ).choices(['tf-serving', 'oip-v2', 'http']),
    )
    .option('--name <model>', 'what the server calls the model')
    .option('--model-version <version>', 'which version of it')
    .option('--signature <key>', 'which signature')
    .option('--binary', 'tensors as bytes instead of JSON (oip-v2)')
    .option(
      '--template <file>',
      'JSON file with path, body and outputs, for --protocol http (see docs/cloud.md)',
    )
    .option(
      '--secret <name>',
      'token to send: a kept secret, or the environment variable EDGEBENCH_SECRET_<NAME>',
    )
    .option('--secret-header <header>', 'header that carries it (default: authorization)')
    .option('--pin <sha256>', 'accept only the certificate with this SHA-256')
    .option('--price <amount>', 'your price for 1,000 inferences there', parseNotNegative)
    .option('--data <path>', 'samples to send (.npz, .npy); random data when left out')
    .addOption(
      new Option('--arrivals <kind>', 'how requests are spread (default: poisson)').choices([
        'poisson',
        'constant',
      ]),
    )
    .option('--rate <n>', 'requests per second', parsePositive)
    .option('--rates <list>', 'sweep over rates, e.g. 10,50,100', parsePositives)
    .option('--concurrency <n>', 'connections; clients of a closed loop', parsePositiveInt)
    .option('--concurrencies <list>', 'sweep over clients of a closed loop, e.g. 1,2,4', parsePositiveInts)
    .option('--seconds <n>', 'length of one window', parsePositive)
    .option('--timeout <seconds>', 'longest time for one answer', parsePositive)
    .option('--closed-loop', 'next request after the reply: hides stalls, labelled so');

async function templateFrom(file: string): Promise<HttpTemplate> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new AppError('file.not-found', `${file} cannot be read (${error.code ?? 'error'}).`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('file.unreadable', `${file} is not JSON.`);
  }
  const template = httpTemplateSchema.safeParse(value);
  if (template.success) return template.data;
  const [issue] = template.error.issues;
  throw new AppError(
    'file.unreadable',
    `${file} is no request template: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong form'}. It needs path, body and outputs.`,
  );
}

/** Baselines as a table; a network that is no real one is called simulated, and a closed loop is called so. */
export function baselineTable(baselines: readonly BaselineEntry[]): string {
  if (baselines.length === 0) return 'No cloud baselines.';
  const rows = baselines.map((baseline) => [
    baseline.id.slice(0, 8),
    printable(baseline.modelName),
    printable(
      `${baseline.endpoint.title} (${baseline.endpoint.protocol}${baseline.endpoint.binary ? ', binary' : ''})`,
    ),
    baseline.network.name === 'none'
      ? baseline.endpoint.embedded
        ? 'none (loopback)'
        : 'as it is'
      : `${baseline.network.name} (simulated)`,
    baseline.load.kind === 'closed'
      ? `closed loop, ${baseline.load.concurrency}`
      : `${Number(baseline.load.ratePerSecond.toPrecision(3))}/s`,
    millisText(baseline.latency?.p50Ns),
    millisText(baseline.latency?.p90Ns),
    millisText(baseline.latency?.p99Ns),
    String(Number(baseline.goodputPerSecond.toPrecision(3))),
    percentText(baseline.errorRate),
    bytesText(baseline.requestBytes),
    baseline.status,
  ]);
  const overview = table(
    [
      'id',
      'model',
      'endpoint',
      'network',
      'load',
      'p50 ms',
      'p90 ms',
      'p99 ms',
      'per s',
      'errors',
      'sent',
      'status',
    ],
    rows,
  );
  const notes = baselines.map((baseline) => {
    const errors = errorsText(baseline);
    return `${baseline.id.slice(0, 8)}  ${splitText(baseline.split) || 'no parts known'}${errors === '' ? '' : `; ${errors}`}`;
  });
  return [overview, '', 'Median parts of a request:', ...notes].join('\n');
}
