import type { ValidationReport } from '@shared/model/validation';
import { AppError } from '@shared/error/app-error';
import type { Command } from 'commander';
import { given } from '../arguments';
import { follow, type Session } from '../session';
import { percentText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';

export function addValidate(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
    .command('validate')
    .argument('<model>', 'the original model')
    .argument('<variant>', 'a .tflite file made from it')
    .option('--data <path>', 'samples (.npz, .npy, folder of pictures); random data when left out')
    .option('--signature <key>', 'signature of the model (default: serving_default)')
    .description('compare a TFLite file with the original model: tensors, numeric error, accuracy')
    .action((model: string, variant: string, flags: { data?: string; signature?: string }) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const job = await client.jobs.validate(
          given({ model, variant, data: flags.data, signature: flags.signature }),
        );
        const { validation } = await follow(client, job, output);
        if (!validation) throw new Error('the job ended without a report');
        output.result(validation, reportText(validation));
        if (validation.status === 'failed')
          throw new AppError(
            'validate.failed',
            `The variant failed validation: ${validation.reasons.join(' ')}`,
          );
      }),
    );
}

const number = (value: number | null, digits = 4): string =>
  value === null ? '–' : value.toPrecision(digits);

function reportText(report: ValidationReport): string {
  const rows = report.stages.flatMap((stage) =>
    stage.outputs.map((error) => [
      stage.stage,
      stage.candidate,
      error.output,
      number(error.maxAbs),
      number(error.snrDb),
      number(error.cosine, 6),
      percentText(error.top1Agreement),
      String(stage.samples),
    ]),
  );
  const lines = [
    `Validation: ${report.status} on ${report.data.description}`,
    ...report.reasons.map((reason) => `  ${reason}`),
    ...report.interfaceDifferences.map(
      (d) => `  ${d.tensor}: ${d.what}${d.explanation ? ` (${d.explanation})` : ''}`,
    ),
    '',
    table(
      ['stage', 'computed by', 'output', 'max error', 'SNR dB', 'cosine', 'top-1 agrees', 'samples'],
      rows,
    ),
    '',
    ...report.runtimes.map(
      (verdict) => `${verdict.runtime}: ${verdict.verdict}${verdict.reason ? ` - ${verdict.reason}` : ''}`,
    ),
    ...report.warnings.map((warning) => `Warning: ${warning}`),
  ];
  if (report.accuracy)
    lines.push(
      `Accuracy: ${percentText(report.accuracy.before)} before, ${percentText(report.accuracy.after)} after, on ${report.accuracy.samples} samples`,
    );
  return lines.join('\n');
}
