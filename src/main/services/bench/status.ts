import type { Launch, Run } from '@shared/model/run';
import { isMade } from './earlier';

/** A run's status from its launches; `reason` is what ended it early, if something did. A launch that was made again counts. */
export function runStatus(
  launches: readonly Launch[],
  planned: number,
  reason?: string,
): Pick<Run, 'status' | 'reason'> {
  const failed = launches.find((launch) => launch.status === 'failed');
  if (failed) return withReason('failed', failed.reason ?? reason);
  const made = new Set(launches.filter(isMade).map(({ index }) => index));
  if (reason !== undefined || made.size < planned)
    return withReason('interrupted', reason ?? 'not every launch was made');
  const cut = launches.find(({ status }) => status === 'interrupted');
  if (launches.some(({ status }) => status === 'completed'))
    return cut
      ? withReason('completed', `gone on with after: ${cut.reason ?? 'an interruption'}`)
      : { status: 'completed' };
  return withReason('quarantined', launches[0]?.reason);
}

const withReason = (status: Run['status'], reason: string | undefined): Pick<Run, 'status' | 'reason'> => ({
  status,
  ...(reason === undefined ? {} : { reason: reason.slice(0, 4096) }),
});
