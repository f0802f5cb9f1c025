import { DTYPES, type DType } from '@shared/model/dtype';
import { isJsonArray, isJsonObject, fieldOf, type Json } from '../json';
import type { KerasLayer } from './model';
import type { LayerProblem } from './refusal';
import type { SymType } from './nodes/writer';

/** Type and shape of a model's input; what cannot be told is added to the problems. */
export function inputSpec(layer: KerasLayer, problems: LayerProblem[]): SymType {
  const json = layer.config.get('batch_shape') ?? layer.config.get('batch_input_shape');
  const shape = isJsonArray(json) ? json.map(dimension) : undefined;
  const dtype = dtypeOf(layer.config.get('dtype'));
  const problem = (reason: string): void => {
    problems.push({ className: layer.className, path: layer.path, place: layer.place, reason });
  };
  if (!shape || shape.includes(undefined))
    problem('the shape of the input is not in the file; give the model an Input');
  if (layer.config.get('sparse') === true || layer.config.get('ragged') === true)
    problem('sparse and ragged inputs are not supported; use a dense one');
  if (dtype === undefined || dtype === 'string')
    problem('the type of the input is not supported; use numbers');
  return { dtype: dtype ?? 'float32', shape: (shape ?? []).map((size) => size ?? -1) };
}

function dimension(size: Json): number | undefined {
  if (size === null) return -1;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && size < 2 ** 31
    ? size
    : undefined;
}

/** A type name, or a policy: the type that a layer computes in. Other precisions of floats are computed in float32. */
function dtypeOf(json: Json | undefined): DType | undefined {
  const name = isJsonObject(json) ? fieldOf(fieldOf(json, 'config'), 'name') : json;
  if (name === undefined || name === null) return 'float32';
  if (typeof name === 'string' && /float|mixed/.test(name)) return 'float32';
  return DTYPES.find((dtype) => dtype === name);
}
