export { validateVariant, type ValidateRequest, type ValidateTools } from './validate-variant';
export { DEFAULT_MARKS } from './marks';
export type { PortInterface, VariantInterface } from './variant-interface';
