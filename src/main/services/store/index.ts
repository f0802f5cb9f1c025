import type { ZodType } from 'zod';
import { modelInfoSchema, variantInfoSchema, type ModelInfo, type VariantInfo } from '@shared/model/model';
import { validationReportSchema, type ValidationReport } from '@shared/model/validation';
import type { SqlDatabase, SqlFiles } from '@main/ports/sql';
import { BaselineStore } from './baselines';
import { DocumentStore, type DocumentKind } from './documents';
import { importRuns, type ImportResult } from './import';
import { NoiseFloors } from './noise-floors';
import { openDatabase } from './open';
import { countRuns, listRuns, type RunFilter, type RunPage } from './run-list';
import { PlanStore } from './plans';
import { RunStore } from './runs';

export { exportCsv, exportJson } from './export';
export type { BaselineSummary } from './baselines';
export type { ImportResult } from './import';
export type { RunFilter, RunPage } from './run-list';
export type { PartWish, StoredPart, StoredPlan } from './plans';
export type { RunHeader, RunOutline } from './runs';

/** Everything that Edgebench remembers. Made by `openStore`. */
export class Store {
  readonly #database: SqlDatabase;
  readonly runs: RunStore;
  readonly baselines: BaselineStore;
  readonly noiseFloors: NoiseFloors;
  readonly plans: PlanStore;
  readonly models: DocumentStore<ModelInfo>;
  readonly variants: DocumentStore<VariantInfo>;
  /** By variant id; parent the model's id. */
  readonly validations: DocumentStore<ValidationReport>;
  /** What the user has to know about the opening: one sentence each. */
  readonly notices: readonly string[];

  constructor(database: SqlDatabase, notices: readonly string[]) {
    this.#database = database;
    this.notices = notices;
    this.runs = new RunStore(database);
    this.baselines = new BaselineStore(database);
    this.noiseFloors = new NoiseFloors(database);
    this.plans = new PlanStore(database);
    this.models = new DocumentStore<ModelInfo>(database, 'model', modelInfoSchema);
    this.variants = new DocumentStore<VariantInfo>(database, 'variant', variantInfoSchema);
    this.validations = new DocumentStore<ValidationReport>(database, 'validation', validationReportSchema);
  }

  /** Other documents (plans, settings), with a schema of the caller's. */
  documents<T>(kind: Extract<DocumentKind, 'plan' | 'setting'>, schema: ZodType<T>): DocumentStore<T> {
    return new DocumentStore(this.#database, kind, schema);
  }

  list(filter?: RunFilter, page?: { before?: number; limit?: number }): Promise<RunPage> {
    return listRuns(this.#database, filter, page);
  }

  count(filter?: RunFilter): Promise<number> {
    return countRuns(this.#database, filter);
  }

  import(archive: string): Promise<ImportResult> {
    return importRuns(this.runs, archive);
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    // Keeps the planner's figures fresh for the next start.
    await this.#database.script('PRAGMA optimize').catch(() => undefined);
    await this.#database.close();
  }
}

/** Opens or makes the database at `path`. AppErrors `store.newer`, `store.failed`; see `notices` for what was repaired. */
export async function openStore(files: SqlFiles, path: string): Promise<Store> {
  const { database, notices } = await openDatabase(files, path);
  return new Store(database, notices);
}
