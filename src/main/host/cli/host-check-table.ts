import type { RunDetail } from '@shared/api/runs';
import { figureText, percentText } from '@shared/text/figures';
import { energyText, hostCheckText } from '@shared/text/run-figures';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';

/** Below the runs: what devices answered to the first real input against this computer, and energy where it is known; '' for neither. */
export function answersText(runs: readonly RunDetail[]): string {
  const rows = runs.flatMap((run) =>
    (run.hostCheck?.stage?.outputs ?? []).map((error) => [
      run.id.slice(0, 8),
      printable(run.variant.recipe),
      printable(error.output),
      figureText(error.maxAbs),
      error.snrDb === null ? '–' : error.snrDb.toFixed(1),
      error.cosine === null ? '–' : error.cosine.toFixed(6),
      percentText(error.top1Agreement),
      run.hostCheck ? hostCheckText(run.hostCheck) : '',
    ]),
  );
  const energies = runs.flatMap(({ id, energy, summary }) =>
    energy
      ? [
          `Energy of an inference, ${id.slice(0, 8)} on ${printable(summary.deviceTitle)}: ${printable(energyText(energy))}`,
        ]
      : [],
  );
  const parts = [
    rows.length > 0 &&
      `The first outputs on the device against this computer's:\n${table(
        ['run', 'recipe', 'output', 'max error', 'SNR dB', 'cosine', 'top-1', 'outputs'],
        rows,
      )}`,
    energies.length > 0 && energies.join('\n'),
  ];
  return parts.filter((part) => part !== false).join('\n\n');
}
