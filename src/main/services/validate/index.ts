export { validateVariant, type ValidateRequest, type ValidateTools } from './validate-variant';
export { deviceStage, worstShare } from './device-stage';
export { mergeReports } from './merge-reports';
export type { SampleSource } from './batches';
export type { RecordedChoices } from './interface-differences';
export { layerErrors, type LayerProbe } from './layer-errors';
export type { PortInterface, VariantInterface } from './variant-interface';
export { encodeFor } from './real-values';
