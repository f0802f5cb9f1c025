import type { Command } from 'commander';
import { AppError } from '@shared/error/app-error';
import { given, parsePort } from '../arguments';
import { networkText } from '@shared/text/network-text';
import { networkGiven, withNetworkFlags, type NetworkFlags } from '../network-flags';
import type { Session } from '../session';
import { printable } from '@shared/text/text-width';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

/** How often to look whether the server still lives. */
const LOOK_MS = 500;

interface ServeFlags extends NetworkFlags {
  readonly name?: string;
  readonly port?: number;
  readonly signature?: string;
}

/** Resolves at Ctrl-C or SIGTERM. */
function asked(): { readonly promise: Promise<void>; readonly isAsked: () => boolean } {
  let isAsked = false;
  const promise = new Promise<void>((resolve) => {
    const stop = (): void => {
      isAsked = true;
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  return { promise, isAsked: () => isAsked };
}

export function addCloudServe(cloud: Command, run: Run): void {
  withNetworkFlags(cloud.command('serve'))
    .argument('<model>', 'the original model')
    .option('--name <model>', 'the name under which it is served')
    .option('--port <n>', 'port on this machine (default: any free one)', parsePort)
    .option('--signature <key>', 'which signature to serve')
    .description('serve the original on this machine (TensorFlow Serving and Open Inference Protocol)')
    .action((model: string, flags: ServeFlags) =>
      run(async ({ output, engine }) => {
        const stop = asked();
        const client = await engine();
        const served = await client.cloud.serve(
          given({
            model,
            name: flags.name,
            port: flags.port,
            signature: flags.signature,
            ...networkGiven(flags),
          }),
        );
        const name = encodeURIComponent(served.name);
        output.result(
          served,
          [
            `${printable(served.modelName)} is served by ${served.framework}:`,
            `  TensorFlow Serving       ${served.url}/v1/models/${name}`,
            `  Open Inference Protocol  ${served.url}/v2/models/${name}`,
            '',
            ...(served.network === undefined
              ? []
              : [`Reached through a simulated network: ${networkText(served.network)}.`, '']),
            'Ask it for one inference:',
            ...served.examples.map((example) => `  ${printable(example)}`),
            '',
            'Only programs on this machine can reach it. Press Ctrl-C to stop.',
          ].join('\n'),
        );
        while (!stop.isAsked()) {
          await Promise.race([stop.promise, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
          const now = (await client.cloud.served()).find(({ id }) => id === served.id);
          if (now?.state === 'ended') throw new AppError('runtime.failed', now.reason ?? 'The server ended.');
        }
        await client.cloud.stop({ id: served.id });
      }),
    );
}
