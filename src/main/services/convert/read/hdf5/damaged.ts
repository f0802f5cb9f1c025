import { AppError } from '@shared/error/app-error';

/** A file that does not follow the HDF5 format. `where` is a path inside the file, `what` what was found. */
export const damaged = (where: string, what: string): AppError =>
  new AppError('model.unreadable', `The HDF5 data at '${where}' is damaged: ${what}. Get the file again.`);

/** A file that follows the format in a way that is not read. */
export const refused = (where: string, what: string): AppError =>
  new AppError(
    'model.unsupported',
    `The HDF5 data at '${where}' uses ${what}, which is not read. Save the model again with Keras.`,
  );
