import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import type { RunnerKit } from '@main/ports/runner-kit';
import type { RunnerTarget } from '@main/ports/runner-target';

/** A kit on a target: how to start it. */
export interface PlacedKit {
  readonly startWay: string;
  readonly runnerHash: string;
  /** The program, after what starts it. */
  readonly command: readonly string[];
  readonly library: string;
  readonly gpu?: RunnerKit['gpu'];
}

export async function placeKit(
  target: RunnerTarget,
  files: LocalFiles,
  kit: RunnerKit,
  signal?: AbortSignal,
): Promise<PlacedKit> {
  const put = async (path: string): Promise<string> => target.put(await files.identify(path), signal);
  const program: LocalFile = await files.identify(kit.program);
  const front: string[] = [];
  if (kit.loader) {
    const loader = await target.putProgram(await files.identify(kit.loader.program), signal);
    const libraries: string[] = [];
    for (const path of kit.loader.libraries) libraries.push(await put(path));
    // Libraries that are loaded already are found by their own names, so the files can be named after their hashes.
    front.push(loader, '--inhibit-cache', '--preload', libraries.join(' '));
  }
  return {
    startWay: kit.startWay,
    runnerHash: program.sha256,
    command: [...front, await target.putProgram(program, signal)],
    library: await put(kit.library),
    ...(kit.gpu ? { gpu: kit.gpu } : {}),
  };
}
