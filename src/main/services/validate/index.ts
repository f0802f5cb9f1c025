export { validateVariant, type ValidateRequest, type ValidateTools } from './validate-variant';
export { layerErrors, type LayerProbe } from './layer-errors';
export { DEFAULT_MARKS } from './marks';
export type { PortInterface, VariantInterface } from './variant-interface';
