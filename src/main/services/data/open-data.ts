import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '@shared/error/app-error';
import { imagePreprocessingSchema, type ImagePreprocessing } from '@shared/model/recipe';
import type { TensorSpec } from '@shared/model/tensor';
import { openCsvFile } from './csv-file';
import { openArrayDataSet, type DataSet } from './data-set';
import { openPictureFolder } from './picture-folder';
import { openRawFile } from './raw-file';

/**
 * Opens samples by what they are: a folder of pictures, .npy/.npz arrays, a .csv table, or raw values (.bin, .raw). Fails with
 * `data.invalid`, `file.not-found` or `file.unreadable`.
 */
export async function openDataSet(
  path: string,
  inputs: readonly TensorSpec[],
  images: ImagePreprocessing = imagePreprocessingSchema.parse({}),
  most?: number,
): Promise<DataSet> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('file.not-found', `There is no file or folder ${path}.`, { cause });
  });
  if (found.isDirectory()) return openPictureFolder(path, inputs, images, most);
  if (!found.isFile()) throw new AppError('data.invalid', `${path} is neither a file nor a folder.`);
  const extension = extname(path).toLowerCase();
  if (extension === '.csv' || extension === '.tsv') return openCsvFile(path, inputs);
  if (extension === '.bin' || extension === '.raw') return openRawFile(path, inputs);
  return openArrayDataSet(path, inputs);
}
