import type { SourceTensor } from '../../source';
import type { WeightSpec } from './layer';
import type { KerasLayer, KerasModel } from './model';
import { badConfig, LayerRefusal } from './refusal';
import { definitionOf } from './registry';

/** Variables by name, for each layer (also for those inside of wrappers and of nested models). */
export type LayerWeights = ReadonlyMap<KerasLayer, ReadonlyMap<string, SourceTensor>>;

/** Where one variable is to be found. */
export interface WeightSlot {
  readonly layer: KerasLayer;
  readonly name: string;
  readonly trainable: boolean;
  /** Path below the top-level layer's group in a .keras file: 'cell/vars/0'. */
  readonly path: string;
}

/** Every variable of a layer and of all that is inside it, in order of creation. */
export function slotsOf(layer: KerasLayer, frozen = false, prefix = ''): WeightSlot[] {
  const isFrozen = frozen || !layer.trainable;
  const slots: WeightSlot[] = ownSlots(layer, specsOf(layer), isFrozen, prefix);
  for (const [attribute, inner] of layer.inner)
    slots.push(...slotsOf(inner, isFrozen, `${prefix}${attribute}/`));
  if (layer.model)
    for (const [child, group] of groupNames(layer.model))
      slots.push(...slotsOf(child, isFrozen, `${prefix}layers/${group}/`));
  return slots;
}

/** What a layer's configuration says of its variables; they are assigned before layers are written. */
function specsOf(layer: KerasLayer): readonly WeightSpec[] {
  try {
    return definitionOf(layer)?.weights?.(layer) ?? [];
  } catch (error) {
    if (error instanceof LayerRefusal) throw badConfig(layer.path, error.message);
    throw error;
  }
}

function ownSlots(
  layer: KerasLayer,
  specs: readonly WeightSpec[],
  frozen: boolean,
  prefix: string,
): WeightSlot[] {
  const counts = new Map<string, number>();
  const numbers = new Map<WeightSpec, number>();
  // Within a part, trainable variables are numbered before the others.
  for (const spec of [
    ...specs.filter((s) => s.trainable !== false),
    ...specs.filter((s) => s.trainable === false),
  ]) {
    const part = spec.part ?? '';
    const number = counts.get(part) ?? 0;
    counts.set(part, number + 1);
    numbers.set(spec, number);
  }
  return specs.map((spec) => ({
    layer,
    name: spec.name,
    trainable: !frozen && spec.trainable !== false,
    path: `${prefix}${spec.part ? `${spec.part}/` : ''}vars/${numbers.get(spec) ?? 0}`,
  }));
}

/** As HDF5 and TF.js files list them: trainable ones first, then the rest. */
export const inStoredOrder = (slots: readonly WeightSlot[]): WeightSlot[] => [
  ...slots.filter((slot) => slot.trainable),
  ...slots.filter((slot) => !slot.trainable),
];

/** Group names in a .keras file: the class in snake case, numbered where it comes again. */
export function groupNames(model: KerasModel): Map<KerasLayer, string> {
  const used = new Map<string, number>();
  const names = new Map<KerasLayer, string>();
  for (const layer of model.layers) {
    if (layer.module?.includes('.ops.')) continue;
    const base = snakeCase(layer.savedClass);
    const number = used.get(base) ?? 0;
    used.set(base, number + 1);
    names.set(layer, number === 0 ? base : `${base}_${number}`);
  }
  return names;
}

/** keras/src/utils/naming.py, to_snake_case. */
function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Collects slots' tensors by layer. */
export class WeightMap {
  readonly #byLayer = new Map<KerasLayer, Map<string, SourceTensor>>();

  set(slot: WeightSlot, tensor: SourceTensor): void {
    const own = this.#byLayer.get(slot.layer) ?? new Map<string, SourceTensor>();
    own.set(slot.name, tensor);
    this.#byLayer.set(slot.layer, own);
  }

  get all(): LayerWeights {
    return this.#byLayer;
  }
}
