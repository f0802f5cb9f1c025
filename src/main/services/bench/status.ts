import type { Launch, Run } from '@shared/model/run';

/** A run's status from its launches; `reason` is what ended it early, if something did. */
export function runStatus(
  launches: readonly Launch[],
  planned: number,
  reason?: string,
): Pick<Run, 'status' | 'reason'> {
  const failed = launches.find((launch) => launch.status === 'failed');
  if (failed) return withReason('failed', failed.reason ?? reason);
  if (
    reason !== undefined ||
    launches.length < planned ||
    launches.some(({ status }) => status === 'interrupted')
  )
    return withReason('interrupted', reason ?? 'not every launch was made');
  if (launches.some(({ status }) => status === 'completed')) return { status: 'completed' };
  return withReason('quarantined', launches[0]?.reason);
}

const withReason = (status: Run['status'], reason: string | undefined): Pick<Run, 'status' | 'reason'> => ({
  status,
  ...(reason === undefined ? {} : { reason: reason.slice(0, 4096) }),
});
