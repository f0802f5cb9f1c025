export { validateVariant, type ValidateRequest, type ValidateTools } from './validate-variant';
export { layerErrors, type LayerProbe } from './layer-errors';
export type { PortInterface, VariantInterface } from './variant-interface';
