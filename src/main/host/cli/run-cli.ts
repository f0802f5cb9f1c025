import { Command, CommanderError } from 'commander';
import { addBench } from './commands/bench';
import { addCloud } from './commands/cloud';
import { addCompare } from './commands/compare';
import { addConvert } from './commands/convert';
import { addDemo } from './commands/demo';
import { addDevices } from './commands/devices';
import { addDoctor } from './commands/doctor';
import { addHistory } from './commands/history';
import { addQueue } from './commands/queue';
import { addRun } from './commands/run';
import { addServe } from './commands/serve';
import { addValidate } from './commands/validate';
import { describeFailure } from './errors';
import { Output } from './output';
import type { Door, Session } from './session';

/** Runs one command and gives the exit status: 0 done, 1 refused or failed with a reason, 2 wrong use. */
export async function runCli(argv: readonly string[], door: Door): Promise<0 | 1 | 2> {
  const program = new Command('edgebench');
  let status: 0 | 1 | 2 = 0;

  const guard = async (action: () => Promise<void>): Promise<void> => {
    const flags = program.opts<{ verbose?: boolean }>();
    try {
      await action();
    } catch (error) {
      const failure = describeFailure(error, flags.verbose === true);
      process.stderr.write(`${failure.message}\n`);
      status = failure.exit as 1 | 2;
    }
  };

  const run = (action: (session: Session) => Promise<void>): Promise<void> =>
    guard(async () => {
      const flags = program.opts<{ json?: boolean; dataDir?: string }>();
      const output = new Output({ json: flags.json === true });
      let connection: Awaited<ReturnType<Door['connect']>> | undefined;
      try {
        await action({
          output,
          json: flags.json === true,
          dataDir: flags.dataDir,
          engine: async () => (connection ??= await door.connect(flags.dataDir)).client,
        });
      } finally {
        output.clear();
        await connection?.close();
      }
    });

  program
    .description('Which model, at which precision, on which device - or in the cloud?')
    .version(door.version)
    .option('--json', 'print exactly one JSON object on stdout; progress goes to stderr')
    .option('--data-dir <folder>', 'where runs and variants are kept (or EDGEBENCH_DATA_DIR)')
    .option('--verbose', 'show the details of errors inside edgebench')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addConvert(program, run);
  addValidate(program, run);
  addRun(program, run);
  addDevices(program, run);
  addBench(program, run);
  addQueue(program, run);
  addCloud(program, run);
  addCompare(program, run);
  addHistory(program, run);
  addServe(program, door, guard);
  addDemo(program, run);
  addDoctor(program, run);
  for (const command of program.commands)
    command.exitOverride().option('--json', 'one JSON object on stdout');

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? 0 : 2;
  }
  return status;
}
