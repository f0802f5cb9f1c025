import type { Command } from 'commander';
import type { Session } from '../session';
import { table } from '@shared/text/terminal-table';

export function addDoctor(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
    .command('doctor')
    .description('list every native part: found, version, what is lost without it')
    .action(() =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const parts = await client.app.parts();
        const rows = parts.map((part) => [
          part.state === 'found' ? '✓' : part.state === 'broken' ? '✗' : '–',
          part.name,
          part.version ?? part.state,
          part.state === 'found' ? '' : [part.lost, part.remedy].filter(Boolean).join(' '),
        ]);
        output.result({ parts }, table(['', 'part', 'version', 'without it'], rows));
      }),
    );
}
