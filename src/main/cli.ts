import { keepCompiledCode } from './platform/node/compile-cache';

/** Commands that a start is kept for by itself; the others share one. */
const KEPT_APART = ['convert', 'bench'];

const argv = process.argv.slice(2);
keepCompiledCode(__dirname, KEPT_APART.find((name) => argv.includes(name)) ?? 'others');

async function run(): Promise<void> {
  // One command checks few values: compiling a checker for each kind would cost more than it saves. Schemas made from now on
  // know it, so this comes before what makes them is loaded.
  (await import('zod')).config({ jitless: true });
  const { commandLine } = await import('./command-line');
  // Handles that native libraries keep open must not keep the command from ending.
  process.exit(await commandLine(argv, __dirname));
}

void run();
