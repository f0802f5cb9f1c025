import type { RunnerSettings } from '@main/ports/device-runner';
import type { LocalFiles } from '@main/ports/local-files';
import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import type { PlacedKit } from './kits';
import type { RunnerOptions } from './options';

/** What a delegate needs on the target besides the runner: which runtime goes with it, and where its own library is. */
export async function delegateFiles(
  target: RunnerTarget,
  files: LocalFiles,
  placed: PlacedKit,
  { delegate }: RunnerSettings,
  signal?: AbortSignal,
): Promise<{ readonly library: string; readonly options: RunnerOptions }> {
  const put = async (path: string): Promise<string> => target.put(await files.identify(path), signal);
  const named = Object.entries(delegate.options ?? {}).map(([name, value]) => `${name}=${value}`);
  const options = { 'delegate-option': named };
  if (delegate.kind !== 'gpu' && delegate.kind !== 'external') return { library: placed.library, options };
  if (delegate.library !== undefined)
    return { library: placed.library, options: { ...options, 'delegate-lib': await put(delegate.library) } };
  if (delegate.kind === 'external')
    throw new AppError(
      'usage.wrong',
      'An external delegate needs its library: name it with --delegate-library.',
    );
  if (!placed.gpu)
    throw new AppError(
      'device.unsupported',
      `There is no GPU delegate for ${target.serial}: it is for Android devices, and comes with the set-up.`,
    );
  // Runtime and delegate share structs that change between versions: the pair is of one.
  return {
    library: await put(placed.gpu.library),
    options: { ...options, 'delegate-lib': await put(placed.gpu.delegate) },
  };
}
