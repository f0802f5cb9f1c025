import { AppError } from '@shared/error/app-error';
import { type Command, Option } from 'commander';
import { given, parsePositiveInt } from '../arguments';
import type { Session } from '../session';
import { runsTable } from './bench';
import type { EngineClient } from '@shared/api/contract';
import { printable } from '@shared/text/text-width';

interface HistoryFlags {
  readonly search?: string;
  readonly recipe?: string;
  readonly device?: string;
  readonly limit: number;
  readonly export?: string;
  readonly import?: string;
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
    .option(
      '--import <file>',
      'take over runs from an export (.json); each is checked, its figures computed anew',
    )
    .addOption(new Option('--format <kind>', 'of the export').choices(['json', 'csv']).default('json'))
    .description('list stored runs, newest first; export their raw samples')
    .action((flags: HistoryFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        if (flags.import !== undefined) return importFrom(client, flags.import, output);
        const page = await client.runs.list(
          given({
            search: flags.search,
            recipe: flags.recipe,
            deviceSerial: flags.device,
            limit: Math.min(flags.limit, 1000),
          }),
        );
        if (flags.export === undefined) {
          return output.result(page, runsTable(page.runs));
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
        return output.result({ file, runs: page.runs.length }, `${page.runs.length} runs written to ${file}`);
      }),
    );
}

async function importFrom(client: EngineClient, file: string, output: Session['output']): Promise<void> {
  const result = await client.runs.import({ file });
  const { imported, refused } = result;
  output.result(
    result,
    [
      `${imported.length} ${imported.length === 1 ? 'run' : 'runs'} imported, ${refused.length} refused.`,
      ...refused.map(({ entry, reason }) => `Entry ${entry}: ${printable(reason)}`),
    ].join('\n'),
  );
}
