import type { Command } from 'commander';
import type { Session } from '../session';
import { printable, table } from '../table';

export function addDevices(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
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
}
