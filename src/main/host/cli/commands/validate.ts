import { STAGE_TITLES, type ValidationReport } from '@shared/model/validation';
import { AppError } from '@shared/error/app-error';
import type { Command } from 'commander';
import { given, parseShape } from '../arguments';
import { follow, type Session } from '../session';
import { percentText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';

interface ValidateFlags {
  readonly data?: string;
  readonly signature?: string;
  readonly shape?: Record<string, number[]>;
}

export function addValidate(
  program: Command,
  run: (action: (session: Session) => Promise<void>) => Promise<void>,
): void {
  program
    .command('validate')
    .argument('<model>', 'the original model')
    .argument('<variant>', 'a .tflite file made from it')
    .option('--data <path>', 'samples (.npz, .npy, folder of pictures); random data when left out')
    .option('--signature <key>', "only this signature; all of the model's when left out")
    .option('--shape <input=dims>', 'the shape that an input was fixed to (repeatable)', parseShape)
    .description('compare a TFLite file with the original model: tensors, numeric error, accuracy')
    .action((model: string, variant: string, flags: ValidateFlags) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const job = await client.jobs.validate(
          given({ model, variant, data: flags.data, signature: flags.signature, shapes: flags.shape }),
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
      STAGE_TITLES[stage.stage] + (stage.signature === undefined ? '' : ` (${stage.signature})`),
      stage.candidate,
      error.output,
      number(error.maxAbs),
      number(error.meanAbs),
      number(error.snrDb),
      number(error.psnrDb),
      number(error.cosine, 6),
      percentText(error.top1Agreement),
      percentText(error.top5Agreement),
      String(stage.samples),
    ]),
  );
  const lines = [
    `Validation: ${report.status === 'failed' ? 'FAILED' : report.status} on ${report.data.description}`,
    ...(report.original ? [`The original: ${report.original.framework}`] : []),
    ...report.reasons.map((reason) => `  ${reason}`),
    ...report.interfaceDifferences.map(
      (d) => `  ${d.tensor}: ${d.what}${d.explanation ? ` (${d.explanation})` : ''}`,
    ),
    '',
    table(
      [
        'stage',
        'computed by',
        'output',
        'max error',
        'mean error',
        'SNR dB',
        'PSNR dB',
        'cosine',
        'top-1 agrees',
        'top-5',
        'samples',
      ],
      rows,
    ),
    '',
    ...(report.rightOn === undefined ? [] : [report.rightOn]),
    ...report.warnings.map((warning) => `Warning: ${warning}`),
  ];
  if (report.accuracy)
    lines.push(
      `Accuracy: ${percentText(report.accuracy.before)} before, ${percentText(report.accuracy.after)} after, on ${report.accuracy.samples} samples`,
    );
  return lines.join('\n');
}
