import type { LayerContext, LayerDefinition } from '../layer';
import type { KerasLayer } from '../model';
import { elementwiseOperations } from './elementwise';
import { getItem } from './get-item';
import { type Operation, OperationCall } from './operation';
import { reductionOperations } from './reductions';
import { shapingOperations } from './shaping';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...elementwiseOperations,
    ...reductionOperations,
    ...shapingOperations,
    getitem: getItem,
  }),
);

/** Names of all functions that can be called on tensors between layers, sorted. */
export const OPERATION_NAMES: readonly string[] = Array.from(OPERATIONS.keys()).sort();

const plainName = (name: string): string =>
  (name.split('.').at(-1) ?? name).replaceAll('_', '').toLowerCase();

/** 'math.add' of a TFOpLambda, or the class of a Keras 3 Operation; undefined for a layer. */
function functionName(layer: KerasLayer): string | undefined {
  if (layer.className === 'TFOpLambda' || layer.className === 'SlicingOpLambda') {
    const name = layer.config.get('function');
    return typeof name === 'string' ? name : undefined;
  }
  if (layer.module !== undefined) return layer.module.includes('.ops.') ? layer.className : undefined;
  // HDF5 files of Keras 3 leave the module out. Every layer has 'trainable' in its configuration, an operation has not.
  return layer.config.get('trainable') === undefined ? layer.className : undefined;
}

/** How a function call between layers is written (no mask goes through it); undefined when it is a layer, or a function that is not known. */
export function operationOf(layer: KerasLayer): LayerDefinition | undefined {
  const name = functionName(layer);
  const operation = name === undefined ? undefined : OPERATIONS.get(plainName(name));
  return operation && { write: (c: LayerContext) => operation(new OperationCall(c)) };
}

/** True when the layer is such a call, whether it is known or not. */
export const isOperation = (layer: KerasLayer): boolean => functionName(layer) !== undefined;
