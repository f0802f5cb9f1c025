import { AppError } from '@shared/error/app-error';
import type { Making } from '@shared/model/making';
import type { Store } from '../services/store';
import { fingerprintData } from './fingerprint-data';

/** How a stored variant was made, by its hash or the beginning of it. AppErrors `file.not-found`, `usage.wrong`, `data.invalid`. */
export async function storedMaking(id: string, { variants }: Pick<Store, 'variants'>): Promise<Making> {
  const found = (await variants.list()).filter((variant) => variant.id.startsWith(id));
  const [variant] = found;
  if (!variant || found.length > 1)
    throw new AppError(
      'usage.wrong',
      variant
        ? `${found.length} variants begin with '${id}'; give more of the SHA-256.`
        : `There is no stored variant '${id}'; 'edgebench history' and the workbench show their SHA-256.`,
    );
  const { making } = variant;
  if (!making)
    throw new AppError(
      'usage.wrong',
      `The variant ${id} was made by an earlier Edgebench, which did not keep its recipe in full; make it by its recipe '${variant.recipe}'.`,
    );
  const { calibration } = making;
  const hash = calibration && (await fingerprintData(calibration.path).catch(() => undefined));
  if (calibration && hash !== calibration.hash)
    throw new AppError(
      'data.invalid',
      `The calibration data of the variant, '${calibration.path}', ${hash === undefined ? 'is not there any more' : 'has been changed'}, so it would not become the same; put the data back.`,
    );
  return making;
}
