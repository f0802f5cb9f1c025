import { resolve } from 'node:path';
import type { ModelInfo } from '@shared/model/model';
import type { Progress } from '@shared/model/job';
import { rememberModel } from './remember-model';
import type { FlowTools } from './tools';

/**
 * Reads a model, says what it is, and puts it into the list. It is converted on the way, in a process of its own: a model
 * that cannot be is refused here, with every unsupported operator, and not only when somebody benchmarks it.
 */
export async function inspectModel(
  path: string,
  tools: FlowTools,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<ModelInfo> {
  const made = await tools.make(
    { model: path, recipes: [], outFolder: tools.variantsDir },
    onProgress,
    signal,
  );
  return rememberModel(resolve(path), made, tools);
}
