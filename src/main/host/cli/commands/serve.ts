import type { Command } from 'commander';
import { parsePort } from '../arguments';
import type { Door } from '../session';

export function addServe(
  program: Command,
  door: Door,
  guard: (action: () => Promise<void>) => Promise<void>,
): void {
  program
    .command('serve')
    .option('--port <n>', 'port on this machine (default: any free one)', parsePort, 0)
    .option('--open', 'open the workbench in the default browser')
    .description('open the workbench in the browser: this machine only, with a token of this start')
    .action((flags: { port: number; open?: boolean }) =>
      guard(() =>
        door.serve({
          dataDir: program.opts<{ dataDir?: string }>().dataDir,
          port: flags.port,
          open: flags.open === true,
        }),
      ),
    );
}
