import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelFiles } from '@main/ports/model-files';
import type { WriteReading } from '@main/ports/original-runtime';
import { AppError } from '@shared/error/app-error';
import { writeReading } from '../services/convert';

/** Writes our reading of a model as a SavedModel into a folder. AppErrors as reading has them, and `file.unwritable`. */
export const writeReadingTo =
  (files: ModelFiles): WriteReading =>
  async (modelPath, signature, folder) =>
    writeReading(
      modelPath,
      signature,
      (path, bytes) => {
        const file = join(folder, ...path.split('/'));
        try {
          mkdirSync(dirname(file), { recursive: true });
          appendFileSync(file, bytes);
        } catch (cause) {
          throw new AppError(
            'file.unwritable',
            `The model cannot be written to the folder for temporary files, ${folder}: check the free space there.`,
            { cause },
          );
        }
      },
      files,
    );
