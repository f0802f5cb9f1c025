import type { ValidationMarks } from '@shared/model/validation';

/**
 * Pass marks: cosine and SNR as LiteRT's accuracy debugger has them, the accuracy ratio as MLPerf Mobile's rules for
 * classification.
 */
export const DEFAULT_MARKS: ValidationMarks = { minCosine: 0.99, minSnrDb: 30, minAccuracyRatio: 0.98 };
