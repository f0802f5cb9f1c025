import type { BenchEvent } from '../services/bench';
import type { JobContext } from './jobs';
import type { LiveSamples } from './live-samples';

/** Shows on the job what a measurement is at. */
export function showEvent(event: BenchEvent, job: JobContext, live: LiveSamples): void {
  if (event.kind === 'sending')
    job.progress({
      stage: `send ${event.serial}`,
      message: `Sending ${event.name} to ${event.serial}`,
      fraction: event.of > 0 ? Math.min(1, event.bytes / event.of) : 1,
    });
  else if (event.kind === 'launching') {
    live.begin(event.serial, `${event.name}, launch ${event.launch + 1} of ${event.of}`);
    job.progress({
      stage: `measure ${event.serial} ${event.name} ${event.launch}`,
      message: `Measuring ${event.name} on ${event.serial}: launch ${event.launch + 1} of ${event.of}`,
      fraction: event.total > 0 ? Math.min(1, event.done / event.total) : 0,
    });
  } else if (event.kind === 'samples') {
    live.add(event.serial, event.samplesNs);
    job.note({ live: live.list() });
  } else if (event.kind === 'cooling')
    job.progress({ stage: `cool ${event.serial}`, message: `Letting ${event.serial} cool down` });
}
