import type { LoadedModel } from './loaded-model';

/** A model that may have been run in another way than the first one that was tried. */
export interface FallingBack extends LoadedModel {
  /** Why the first way was left; undefined as long as it works. */
  readonly failed: () => string | undefined;
}

const said = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .replace(/\s+/g, ' ')
    .slice(0, 200);

/** A model with another way of running it, which is loaded when the first one fails to load or to give its first answer. */
export async function withFallback(
  first: () => Promise<LoadedModel>,
  other: () => Promise<LoadedModel>,
): Promise<FallingBack> {
  let failed: string | undefined;
  let hasAnswered = false;
  const fallBack = async (error: unknown): Promise<LoadedModel> => {
    failed = said(error);
    return other();
  };
  let model = await first().catch(fallBack);
  return {
    failed: () => failed,
    async run(sample) {
      try {
        const answer = await model.run(sample);
        hasAnswered = true;
        return answer;
      } catch (error) {
        if (hasAnswered || failed !== undefined) throw error;
        model = await fallBack(error);
        return model.run(sample);
      }
    },
  };
}
