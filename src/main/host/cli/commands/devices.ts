import type { Command } from 'commander';
import type { Session } from '../session';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';

export function addDevices(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  const devices = program
    .command('devices')
    .description('list connected Android devices and this computer, with what to do about those not ready')
    .action(() =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const list = await client.devices.list();
        const rows = list.devices.map((device) => [
          printable(device.serial),
          printable(device.title),
          device.state,
          printable(device.fingerprint?.abis[0] ?? ''),
          printable(device.advice),
        ]);
        output.result(list, table(['serial', 'device', 'state', 'ABI', ''], rows));
        if (list.problem !== undefined) output.note(list.problem);
      }),
    );
  const told = (output: Session['output'], text: string): void => output.result({ done: text }, text);
  devices
    .command('connect')
    .argument('<address>', 'HOST:PORT, as the device shows it under "Wireless debugging"')
    .description('connect to a device over the network')
    .action((address: string) =>
      run(async ({ output, engine }) => {
        await (await engine()).devices.connect({ address });
        told(output, `Connected to ${address}.`);
      }),
    );
  devices
    .command('disconnect')
    .argument('<address>', 'HOST:PORT')
    .description('end a connection over the network')
    .action((address: string) =>
      run(async ({ output, engine }) => {
        await (await engine()).devices.disconnect({ address });
        told(output, `Disconnected from ${address}.`);
      }),
    );
  devices
    .command('pair')
    .argument('<address>', 'HOST:PORT of the pairing dialogue')
    .argument('<code>', 'the six digits that the device shows')
    .description('make a device trust this computer, over the network')
    .action((address: string, code: string) =>
      run(async ({ output, engine }) => {
        await (await engine()).devices.pair({ address, code });
        told(output, `Paired with ${address}: now connect to the address outside the pairing dialogue.`);
      }),
    );
}
