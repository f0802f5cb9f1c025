import type { Json } from '../json';
import type { KerasVersion } from './model';

/**
 * The Keras that wrote a file, from its version text ('2.15.0', '3.4.1', '2.2.4-tf'). tf_keras counts on with TensorFlow's
 * own number (2.21.0) and is Keras 2, as TensorFlow.js ('tfjs-layers 4.22.0') is. Without one the file is older than 2.0.
 */
export function versionOf(text: Json | undefined): KerasVersion {
  if (typeof text === 'string' && text.startsWith('tfjs')) return { major: 2 };
  const major = typeof text === 'string' ? Number.parseInt(text, 10) : 1;
  return { major: major >= 3 ? 3 : major === 2 ? 2 : 1 };
}
