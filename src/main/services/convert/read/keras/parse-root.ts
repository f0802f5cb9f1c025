import { fieldOf, type Json } from '../json';
import type { KerasModel } from './model';
import { parseModel } from './parse-model';
import { badConfig, unsupportedLayers } from './refusal';

/** The model that a file is about; a class of the user's own is refused, for its code is not in the file. */
export function parseRoot(config: Json, where: string): KerasModel {
  const model = parseModel(config, '');
  if (model) return model;
  const className = fieldOf(config, 'class_name');
  if (typeof className !== 'string') throw badConfig(where, 'it names no class of model');
  throw unsupportedLayers([
    {
      className,
      path: className,
      place: 'the model itself',
      reason:
        'only Functional and Sequential models can be read from their configuration, a class of your own cannot',
    },
  ]);
}
