import { answersText } from '../host-check-table';
import { DELEGATES, type Delegate, type DelegateChoice } from '@shared/model/delegate';
import { OUR_RUNNER, RUNNERS, type RunnerName } from '@shared/model/runner';
import type { RunSummary } from '@shared/model/run';
import type { Command } from 'commander';
import { Option } from 'commander';
import {
  given,
  parseCores,
  parseDelegates,
  parseList,
  parseNamedValue,
  parsePositiveInts,
} from '../arguments';
import { follow, type Session } from '../session';
import { millisText, typicalText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';
import { withConvertFlags } from './convert';
import { plansTable } from './queue';

interface BenchFlags {
  readonly recipe: string[];
  readonly device: string[];
  /** Other names for recipe, device and delegate. */
  readonly variants?: string[];
  readonly devices?: string[];
  readonly delegates?: Delegate[];
  readonly profile: 'quick' | 'standard' | 'release';
  readonly threads?: number[];
  readonly delegate?: Delegate[];
  readonly runner: RunnerName;
  readonly benchmarkModel?: string;
  readonly delegateLibrary?: string;
  readonly delegateOption?: Record<string, string>;
  readonly signature?: string;
  readonly shape?: Record<string, number[]>;
  readonly calibration?: string;
  readonly data?: string;
  readonly targetRuntime?: string;
  readonly keepFloat?: string[];
  readonly maxAccuracyDrop?: number;
  readonly again?: string;
  readonly aa?: boolean;
  readonly cores?: string;
  readonly prepare: boolean;
  readonly cloud?: boolean;
  readonly outputs?: string;
  readonly allowFailedValidation?: boolean;
  readonly queue?: boolean;
  readonly continue?: boolean;
}

export function addBench(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  withConvertFlags(program.command('bench'))
    .argument('<model>', 'a model, or a .tflite file')
    .option('-d, --device <serials>', 'serials, "all", or "this-computer"', parseList, ['all'])
    .addOption(
      new Option('-p, --profile <name>', 'how long to measure')
        .choices(['quick', 'standard', 'release'])
        .default('quick'),
    )
    .option(
      '--threads <n,…>',
      'threads of the TFLite interpreter, each number in runs of its own',
      parsePositiveInts,
    )
    .option(
      '--delegate <kinds>',
      `what to run with, each in runs of its own: ${DELEGATES.join(', ')} (xnnpack when left out)`,
      parseDelegates,
    )
    .option('--delegate-library <file>', "the delegate's library, sent to the device; needed for external")
    .option(
      '--delegate-option <name=value>',
      'an option for gpu, nnapi or external; can be repeated',
      parseNamedValue,
    )
    .addOption(
      new Option('--runner <name>', 'what measures on the device').choices(RUNNERS).default('edgebench'),
    )
    .option(
      '--benchmark-model <file>',
      'the benchmark_model to send to the device; without it, one that is there is looked for',
    )
    .option('--aa', 'measure each variant against itself: the noise floor of the device and profile')
    .option(
      '--cores <which>',
      'run on "big", "middle" or "little" cores, or on those of a hexadecimal mask',
      parseCores,
    )
    .option('--no-prepare', 'leave clocks and screen as they are, instead of holding them steady meanwhile')
    .option('--cloud', 'also serve the original on this machine and measure it as the cloud baseline')
    .option('--outputs <folder>', 'write what each device answers for the first sample of --data, as .npz')
    .option('--allow-failed-validation', 'also benchmark variants that failed validation; they stay marked')
    .addOption(new Option('--variants <names>').argParser(parseList).conflicts('recipe').hideHelp())
    .addOption(new Option('--devices <serials>').argParser(parseList).conflicts('device').hideHelp())
    .addOption(new Option('--delegates <kinds>').argParser(parseDelegates).conflicts('delegate').hideHelp())
    .option('--queue', 'leave it to the workbench, or to "edgebench queue run", and come back at once')
    .option(
      '--continue',
      'go on by itself when a lost device is back or Edgebench starts again (as with --queue)',
    )
    .option('--no-continue', 'go on after an interruption on request only')
    .description('convert, validate, push, benchmark and store: one run per variant and device')
    .action((model: string, flags: BenchFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const input = given({
          model,
          recipes: flags.variants ?? flags.recipe,
          devices: flags.devices ?? flags.device,
          profile: flags.profile,
          threads: flags.threads,
          runner: given({ name: flags.runner, program: flags.benchmarkModel }),
          delegates: delegatesOf(flags),
          cores: flags.cores,
          prepare: flags.prepare,
          signature: flags.signature,
          shapes: flags.shape,
          calibration: flags.calibration,
          data: flags.data,
          targetRuntime: flags.targetRuntime,
          keepFloat: flags.keepFloat,
          maxAccuracyDrop: flags.maxAccuracyDrop,
          again: flags.again,
          aa: flags.aa,
          cloud: flags.cloud,
          outputs: flags.outputs,
          allowFailedValidation: flags.allowFailedValidation,
          continues: flags.continue ?? (flags.queue ? true : undefined),
        });
        if (flags.queue) {
          const plan = await client.queue.add(input);
          return output.result(
            plan,
            `${plansTable([plan])}\n\nIt is measured while the workbench is open, or with: edgebench queue run`,
          );
        }
        const job = await client.jobs.benchmark(input);
        const done = await follow(client, job, output);
        const details = await Promise.all(done.runIds.map((id) => client.runs.get({ id })));
        const runs = details.map((detail) => detail.summary);
        output.result(
          { modelId: done.modelId, variantIds: done.variantIds, runs, files: done.files },
          [runsTable(runs), answersText(details)].filter((part) => part !== '').join('\n\n'),
        );
      }),
    );
}

/** A library goes to the delegates that are loaded from one, options to those that take any. */
const delegatesOf = ({
  delegate,
  delegates = delegate,
  delegateLibrary,
  delegateOption,
}: BenchFlags): DelegateChoice[] | undefined =>
  delegates?.map((kind) => {
    if (kind === 'cpu' || kind === 'xnnpack') return { kind };
    const library = kind === 'nnapi' ? undefined : delegateLibrary;
    return given({ kind, library, options: delegateOption });
  });

/** Runs as a table: what was measured where, and what it gave. */
export function runsTable(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No runs.';
  const rows = runs.map((summary) => [
    summary.id.slice(0, 8),
    printable(summary.modelName),
    printable(summary.recipe) + (summary.validation === 'failed' ? ' (FAILED validation)' : ''),
    printable(summary.deviceTitle),
    String(summary.threads),
    summary.delegate + (summary.runner === OUR_RUNNER ? '' : ` by ${printable(summary.runner)}`),
    typicalText(summary, millisText),
    millisText(summary.latency?.p90Ns),
    String(summary.latency?.samples ?? 0),
    summary.status + (summary.reason ? `: ${printable(summary.reason)}` : ''),
  ]);
  return table(
    ['run', 'model', 'recipe', 'device', 'threads', 'delegate', 'p50 ms', 'p90 ms', 'samples', 'status'],
    rows,
  );
}
