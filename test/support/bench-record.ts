import type { BenchEvent, BenchSink, RunExtras, RunHeader } from '@main/services/bench';
import { runSchema, type Launch, type Run } from '@shared/model/run';

/** A sink that keeps everything in memory, and holds each finished run to its schema. */
export class BenchRecord implements BenchSink {
  readonly #runs = new Map<string, { header: RunHeader; launches: Launch[]; extras?: RunExtras }>();
  readonly #events: BenchEvent[] = [];

  readonly onEvent = (event: BenchEvent): void => {
    this.#events.push(event);
  };

  begin(run: RunHeader): Promise<void> {
    this.#runs.set(run.id, { header: run, launches: [] });
    return Promise.resolve();
  }

  launch(runId: string, launch: Launch): Promise<void> {
    this.#runs.get(runId)!.launches.push(launch);
    return Promise.resolve();
  }

  finish(run: RunHeader, extras: RunExtras): Promise<void> {
    const kept = this.#runs.get(run.id)!;
    this.#runs.set(run.id, { ...kept, header: run, extras });
    runSchema.parse({ ...run, launches: kept.launches });
    return Promise.resolve();
  }

  runs(): Run[] {
    return [...this.#runs.values()].map(({ header, launches }) => ({ ...header, launches }));
  }

  extras(id: string): RunExtras | undefined {
    return this.#runs.get(id)?.extras;
  }

  events(kind: BenchEvent['kind']): BenchEvent[] {
    return this.#events.filter((event) => event.kind === kind);
  }
}
