/** The containers that the converter reads; found out from a file's content, never from its name. */
export const SOURCE_FORMATS = [
  'saved-model',
  'frozen-graph',
  'keras-v3',
  'keras-h5',
  'tfjs-layers',
  'tfjs-graph',
  'tflite',
] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

export const SOURCE_FORMAT_TITLES: Record<SourceFormat, string> = {
  'saved-model': 'TensorFlow SavedModel',
  'frozen-graph': 'TensorFlow frozen graph (.pb)',
  'keras-v3': 'Keras archive (.keras)',
  'keras-h5': 'Keras HDF5 (.h5)',
  'tfjs-layers': 'TensorFlow.js layers model',
  'tfjs-graph': 'TensorFlow.js graph model',
  tflite: 'TensorFlow Lite',
};
