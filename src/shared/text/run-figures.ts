import type { Run } from '@shared/model/run';
import { figureText } from './figures';

/** Microjoules in the unit that reads best. */
export const joulesText = (microJoules: number): string =>
  microJoules < 1e3
    ? `${figureText(microJoules)} µJ`
    : microJoules < 1e6
      ? `${figureText(microJoules / 1e3)} mJ`
      : `${figureText(microJoules / 1e6)} J`;

/** Energy of one inference, or why the figure is none. */
export const energyText = ({ microJoules, valid, source }: NonNullable<Run['energy']>): string =>
  valid ? `${joulesText(microJoules)} (${source})` : `– (${source})`;

/** Whether the first outputs are this computer's on the same input, and by how much not. */
export const hostCheckText = ({ agrees, shareOfRange }: NonNullable<Run['hostCheck']>): string =>
  `${agrees ? 'those' : 'NOT those'} of this computer${
    shareOfRange === null || shareOfRange === 0
      ? ''
      : ` (${(shareOfRange * 100).toPrecision(2)} % of their range apart)`
  }`;
