import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '@shared/error/app-error';
import { follow, type Session } from '../session';
import { bytesText, millisText, percentText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';
import { convertTable } from './convert';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

const RECIPES = ['float32', 'float16', 'dynamic', 'int8'];

export function addDemo(program: Command, run: Run): void {
  program
    .command('demo')
    .description(
      'the whole job on the bundled model: convert, quantize, validate, benchmark, compare with the cloud',
    )
    .action(() =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const [sample] = await client.models.samples();
        if (!sample)
          throw new AppError(
            'file.not-found',
            'The bundled sample model is missing; clone the repository again.',
          );
        const { problem, devices } = await client.devices.list();
        const phones = devices.filter((device) => device.ready && device.serial !== 'this-computer');
        output.note(`Model: ${sample.title}`);
        output.note(
          phones.length > 0
            ? `Devices: ${phones.map((device) => printable(device.title)).join(', ')}`
            : `Devices: no Android device is connected${problem === undefined ? '' : ` (${problem})`}; measuring on this computer.`,
        );
        const job = await client.jobs.benchmark({
          model: sample.path,
          recipes: RECIPES,
          devices: ['all'],
          profile: 'demo',
          calibration: sample.calibration,
          data: sample.data,
          cloud: true,
        });
        const done = await follow(client, job, output);
        const { dataDir } = await client.app.info();
        const modelHash = done.modelId ?? '';
        const all = await client.models.variants({ modelId: modelHash });
        const variants = done.variantIds.flatMap((id) => all.find((variant) => variant.id === id) ?? []);
        const comparison = await client.compare.edgeCloud({ modelHash, runIds: done.runIds });
        const { file } = await client.compare.report({
          modelHash,
          runIds: done.runIds,
          out: join(dataDir, 'demo-report.html'),
        });
        const rows = comparison.targets.map((target) => [
          printable(target.title),
          millisText(target.latency?.p50Ns),
          millisText(target.latency?.p90Ns),
          target.lines.appSize.value === null ? '–' : bytesText(target.lines.appSize.value),
          percentText(target.lines.accuracy.value),
          target.lines.bytesSent.value === null ? '–' : bytesText(target.lines.bytesSent.value),
          target.evidence === 'simulated' ? 'simulated network' : 'measured',
        ]);
        const text = [
          '',
          convertTable(variants),
          '',
          table(['target', 'p50 ms', 'p90 ms', 'app size', 'accuracy', 'bytes sent', ''], rows),
          '',
          ...comparison.summary,
          '',
          `Report: ${file}`,
          'Open the workbench on these runs: npm start',
        ].join('\n');
        output.result({ modelId: modelHash, variants, runIds: done.runIds, comparison, report: file }, text);
      }),
    );
}
