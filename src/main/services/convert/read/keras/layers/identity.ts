import type { LayerDefinition, LayerTable } from '../layer';

/** Layers that do something only while a model is trained: what goes in comes out. */
const identity: LayerDefinition = { write: (c) => c.input(), keepsMask: true };

const NAMES = [
  'ActivityRegularization',
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'Identity',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'StochasticDepth',
  'RandomBrightness',
  'RandomColorJitter',
  'RandomContrast',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomZoom',
] as const;

export const identityLayers: LayerTable = Object.fromEntries(NAMES.map((name) => [name, identity]));
