import * as z from 'zod';
import { AppError, isAppError } from '@shared/error/app-error';
import { runSchema } from '@shared/model/run';
import { ARCHIVE_FORMAT, ARCHIVE_VERSION, hashOfText } from './export';
import type { RunStore } from './runs';

/** Longest archive that is read, in characters. */
export const MAX_ARCHIVE_LENGTH = 256 * 2 ** 20;

const archiveSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.number().int(),
  runs: z.array(z.unknown()).max(100_000),
});
const entrySchema = z.object({ sha256: z.string(), run: z.string() });

export interface ImportResult {
  /** Ids of the runs taken over. */
  readonly imported: readonly string[];
  /** Entries refused, by their place in the archive (from 1), and why. */
  readonly refused: readonly { readonly entry: number; readonly reason: string }[];
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

async function importEntry(runs: RunStore, value: unknown): Promise<string> {
  const entry = entrySchema.safeParse(value);
  if (!entry.success) throw new AppError('data.invalid', 'it is not a run with its hash');
  if ((await hashOfText(entry.data.run)) !== entry.data.sha256) {
    throw new AppError('data.invalid', 'its hash does not match: it was changed or damaged');
  }
  const run = runSchema.safeParse(jsonOf(entry.data.run));
  if (!run.success) {
    const issue = run.error.issues[0];
    throw new AppError('data.invalid', `its field "${issue?.path.join('.') ?? ''}" is not valid`);
  }
  await runs.save(run.data);
  return run.data.id;
}

/**
 * Takes over an archive written by `exportJson`, entry by entry: hash and schema checked, every summary computed anew from the
 * samples. AppError `data.invalid` when it is no such archive.
 */
export async function importRuns(runs: RunStore, text: string): Promise<ImportResult> {
  if (text.length > MAX_ARCHIVE_LENGTH) {
    throw new AppError('data.invalid', 'The archive is larger than 256 MiB. Export fewer runs at a time.');
  }
  const archive = archiveSchema.safeParse(jsonOf(text));
  if (!archive.success) {
    throw new AppError(
      'data.invalid',
      'The file is not an archive of runs. Make one with: edgebench history --export FILE',
    );
  }
  if (archive.data.version !== ARCHIVE_VERSION) {
    throw new AppError(
      'data.invalid',
      `The archive has format ${archive.data.version}; this Edgebench reads format ${ARCHIVE_VERSION}. Update Edgebench, or export again.`,
    );
  }
  const imported: string[] = [];
  const refused: { entry: number; reason: string }[] = [];
  for (const [index, value] of archive.data.runs.entries()) {
    try {
      imported.push(await importEntry(runs, value));
    } catch (error) {
      // A refused entry says nothing about the others; what is not about the entry stops the import.
      const aboutEntry =
        isAppError(error) && (error.code === 'data.invalid' || error.details['reason'] === 'known');
      if (!aboutEntry) throw error;
      refused.push({ entry: index + 1, reason: error.message });
    }
  }
  return { imported, refused };
}
