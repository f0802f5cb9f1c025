import { AppError } from '@shared/error/app-error';
import { type Command, Option } from 'commander';
import { given, parsePositiveInt } from '../arguments';
import type { Session } from '../session';
import { runsTable } from './bench';

interface HistoryFlags {
  readonly search?: string;
  readonly recipe?: string;
  readonly device?: string;
  readonly limit: number;
  readonly export?: string;
  readonly format: 'json' | 'csv';
}

export function addHistory(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
    .command('history')
    .option('--search <text>', 'in names of models, devices and runs')
    .option('--recipe <name>', 'only this recipe')
    .option('--device <serial>', 'only this device')
    .option('-n, --limit <n>', 'newest runs to show', parsePositiveInt, 50)
    .option('--export <file>', 'write these runs with their raw samples to a file')
    .addOption(new Option('--format <kind>', 'of the export').choices(['json', 'csv']).default('json'))
    .description('list stored runs, newest first; export their raw samples')
    .action((flags: HistoryFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const page = await client.runs.list(
          given({
            search: flags.search,
            recipe: flags.recipe,
            deviceSerial: flags.device,
            limit: Math.min(flags.limit, 1000),
          }),
        );
        if (flags.export === undefined) {
          output.result(page, runsTable(page.runs));
          return;
        }
        if (page.runs.length === 0)
          throw new AppError(
            'run.not-found',
            'No stored run matches, so there is nothing to export. See edgebench history.',
          );
        const { file } = await client.runs.export({
          ids: page.runs.map((summary) => summary.id),
          format: flags.format,
          out: flags.export,
        });
        output.result({ file, runs: page.runs.length }, `${page.runs.length} runs written to ${file}`);
      }),
    );
}
