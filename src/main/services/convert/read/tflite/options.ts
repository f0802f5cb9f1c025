import type { Attrs, Graph } from '../../graph/ir';
import type { OptionKind } from '../../ops/op';
import type { RegisteredOp } from '../../registry';
import { SLOTS } from '../../schema';
import type { Table } from './flat-reader';
import { optionsAreRedundant } from './legacy';

/**
 * The attributes of an operator from its options table. Undefined when the table holds fields that the definition does not
 * know: the operator then means something else than we would write.
 */
export function decodeOptions(
  definition: RegisteredOp,
  operator: Table,
  refuse: (problem: string) => never,
  graphs: readonly Graph[],
): Attrs | undefined {
  if (operator.has(SLOTS.operator.options2)) return undefined;
  const union = operator.uint8(SLOTS.operator.optionsType);
  const table = union === 0 ? undefined : operator.table(SLOTS.operator.options);
  const schema = definition.options;
  if (!schema)
    return optionsAreRedundant(definition.code, operator) || !storesFrom(table, 0) ? {} : undefined;
  if (union !== 0 && union !== schema.union)
    refuse(`has options of kind ${union} instead of ${schema.union}`);
  if (storesFrom(table, schema.fields.length)) return undefined;
  const attrs: Record<string, unknown> = {};
  schema.fields.forEach(([name, kind, defaultValue], slot) => {
    if (kind !== 'deprecated') attrs[name] = decode(kind, table, slot, defaultValue, refuse, graphs);
  });
  return attrs;
}

/** True when the table stores a field at `slot` or behind it. */
function storesFrom(table: Table | undefined, slot: number): boolean {
  for (let at = slot; at < (table?.slots ?? 0); at++) if (table?.has(at)) return true;
  return false;
}

function decode(
  kind: Exclude<OptionKind, 'deprecated'>,
  table: Table | undefined,
  slot: number,
  defaultValue: number | boolean | undefined,
  refuse: (problem: string) => never,
  graphs: readonly Graph[],
): unknown {
  switch (kind) {
    case 'bool':
      return table?.has(slot) ? table.uint8(slot) !== 0 : (defaultValue ?? false);
    case 'string':
      return table?.string(slot) ?? '';
    case 'int32[]':
      return table?.numbers(slot, 'int32') ?? [];
    case 'float32[]':
      return table?.numbers(slot, 'float32') ?? [];
    case 'graph': {
      const index = table?.int32(slot) ?? 0;
      return graphs[index] ?? refuse(`refers to subgraph ${index} of ${graphs.length}`);
    }
    default: {
      const fallback = Number(defaultValue ?? 0);
      return table ? table[kind](slot, fallback) : fallback;
    }
  }
}
