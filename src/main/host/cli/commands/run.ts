import type { Command } from 'commander';
import { given } from '../arguments';
import type { Session } from '../session';

export function addRun(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
    .command('run')
    .argument('<variant>', 'a .tflite file')
    .requiredOption('--inputs <file>', '.npz with an array per input, named as in the signature')
    .requiredOption('--outputs <file>', '.npz to write the outputs to')
    .option('--signature <key>', 'signature to run (default: the first)')
    .option('--runtime <id>', 'tflite-2.21 or tflite-2.9', 'tflite-2.21')
    .option('--xnnpack', 'with the XNNPACK delegate instead of the built-in kernels')
    .description('one pass through the TFLite runtime')
    .action(
      (
        variant: string,
        flags: { inputs: string; outputs: string; signature?: string; runtime: string; xnnpack?: boolean },
      ) =>
        run(async ({ output, engine }) => {
          const client = await engine();
          const result = await client.models.run(
            given({
              variant,
              inputs: flags.inputs,
              outputs: flags.outputs,
              signature: flags.signature,
              runtime: flags.runtime as 'tflite-2.21',
              xnnpack: flags.xnnpack,
            }),
          );
          output.result(
            result,
            `${result.outputs.map((o) => `${o.name}: ${o.dtype} [${o.shape.join(', ')}]`).join('\n')}\nwritten to ${result.file} (TFLite ${result.runtimeVersion})`,
          );
        }),
    );
}
