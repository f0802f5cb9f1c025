import * as z from 'zod';
import { AppError } from '@shared/error/app-error';
import {
  cloudBaselineSchema,
  cloudWindowSchema,
  countedWindows,
  type CloudBaseline,
} from '@shared/model/cloud';
import { summarizeLatency } from '@shared/statistics/latency-summary';
import { joined, orderStatistics } from '@shared/statistics/sketch';
import type { SqlDatabase, SqlRow } from '@main/ports/sql';
import { crc32 } from './crc32';
import { putDocument } from './documents';
import { verifiedSamples } from './run-read';
import { encodeSamples } from './samples-codec';

/** A baseline without raw samples, for lists. */
export const baselineSummarySchema = cloudBaselineSchema.extend({
  windows: z.array(cloudWindowSchema.omit({ samplesNs: true })),
});
export type BaselineSummary = z.infer<typeof baselineSummarySchema>;

const damaged = (id: string): AppError =>
  new AppError('store.failed', `The cloud baseline ${id} is damaged in the database. Measure it again.`, {
    details: { reason: 'damaged', baseline: id },
  });

function summaryFromRow(row: SqlRow): BaselineSummary {
  const result = baselineSummarySchema.safeParse(JSON.parse(String(row['document'])));
  if (result.success) return result.data;
  throw damaged(String(row['id']));
}

/** Cloud baselines; summaries are recomputed from the samples when they are stored. */
export class BaselineStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async save(baseline: CloudBaseline): Promise<void> {
    const samples = joined(countedWindows(baseline).map(({ samplesNs }) => samplesNs));
    const counts = baseline.status === 'stable' || baseline.status === 'unstable';
    const latency = counts ? (summarizeLatency(samples, 1) ?? null) : null;
    const document = baselineSummarySchema.parse({ ...baseline, latency });
    await this.#database.transaction(async (connection) => {
      await connection.run('DELETE FROM baseline_samples WHERE baseline = ?', [baseline.id]);
      await putDocument(connection, 'baseline', baseline.id, document, { parent: baseline.modelHash });
      for (const [position, window] of baseline.windows.entries()) {
        const deltas = encodeSamples(window.samplesNs);
        await connection.run(
          'INSERT INTO baseline_samples (baseline, position, samples, checksum, deltas) VALUES (?, ?, ?, ?, ?)',
          [baseline.id, position, window.samplesNs.length, crc32(deltas), deltas],
        );
      }
    });
  }

  /** With raw samples. */
  async get(id: string): Promise<CloudBaseline> {
    const rows = await this.#database.all(
      "SELECT id, document FROM document WHERE kind = 'baseline' AND id = ?",
      [id],
    );
    const row = rows[0];
    if (row === undefined) {
      throw new AppError(
        'run.not-found',
        `There is no cloud baseline "${id.slice(0, 80)}". Measure one with: edgebench cloud`,
      );
    }
    const summary = summaryFromRow(row);
    const blobs = await this.#database.all(
      'SELECT * FROM baseline_samples WHERE baseline = ? ORDER BY position',
      [id],
    );
    return {
      ...summary,
      windows: summary.windows.map((window, position) => {
        const blob = blobs[position];
        const samplesNs = blob === undefined ? undefined : verifiedSamples(blob);
        if (samplesNs === undefined) throw damaged(id);
        return { ...window, samplesNs: Array.from(samplesNs) };
      }),
    };
  }

  /** Without raw samples, and the order statistics of those that count: what a comparison needs. */
  async measured(id: string): Promise<{ baseline: BaselineSummary; ascending: Float64Array }> {
    const { windows, ...rest } = await this.get(id);
    const counted = countedWindows({ status: rest.status, windows }).map(({ samplesNs }) => samplesNs);
    return {
      baseline: { ...rest, windows: windows.map(({ samplesNs: _samples, ...window }) => window) },
      ascending: orderStatistics(joined(counted)),
    };
  }

  /** Newest first, of one model or of all. */
  async list(modelHash?: string): Promise<readonly BaselineSummary[]> {
    const rows = await this.#database.all(
      `SELECT id, document FROM document WHERE kind = 'baseline' ${modelHash === undefined ? '' : 'AND parent = ?'}
       ORDER BY sequence DESC LIMIT 1000`,
      modelHash === undefined ? [] : [modelHash],
    );
    return rows.map(summaryFromRow);
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#database.run("DELETE FROM document WHERE kind = 'baseline' AND id = ?", [id])) > 0;
  }
}
