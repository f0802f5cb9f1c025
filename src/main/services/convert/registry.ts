import type { Attrs } from './graph/ir';
import type { Lowering, OpDefinition, OptionsSchema } from './ops/op';

/** An operator's definition with its attribute type forgotten, as those see it who treat all operators alike. */
export interface RegisteredOp extends Omit<OpDefinition<Attrs>, 'options'> {
  readonly options?: OptionsSchema<Record<string, unknown>>;
}

interface OpModule {
  readonly op?: RegisteredOp;
  /** For TensorFlow operators that no operator of TFLite stands for alone. */
  readonly lowerings?: Readonly<Record<string, Lowering>>;
}

const modules = import.meta.glob<OpModule>(['./ops/*.ts', '!./ops/op.ts'], { eager: true });

const byType = new Map<string, RegisteredOp>();
const byCode = new Map<number, RegisteredOp>();
const bySourceOp = new Map<string, Lowering>();

function addOnce<K, V>(map: Map<K, V>, key: K, value: V, file: string): void {
  if (map.has(key)) throw new Error(`${file} defines ${String(key)}, which another file defines already`);
  map.set(key, value);
}

for (const [file, module] of Object.entries(modules)) {
  if (!module.op && !module.lowerings) throw new Error(`${file} exports neither 'op' nor 'lowerings'`);
  if (module.op) {
    addOnce(byType, module.op.type, module.op, file);
    addOnce(byCode, module.op.code, module.op, file);
  }
  for (const [sourceOp, lowering] of Object.entries({ ...module.op?.lower, ...module.lowerings }))
    addOnce(bySourceOp, sourceOp, lowering, file);
}

/** All operators, ordered by name. */
export const ALL_OPS: readonly RegisteredOp[] = Array.from(byType.values()).sort((a, b) =>
  a.type < b.type ? -1 : 1,
);

/** TensorFlow operators that can be lowered, ordered by name. */
export const SOURCE_OPS: readonly string[] = Array.from(bySourceOp.keys()).sort();

/** Definition by the name in TFLite's BuiltinOperator enum. */
export const findOp = (type: string): RegisteredOp | undefined => byType.get(type);

/** Definition by the number in TFLite's BuiltinOperator enum. */
export const findOpByCode = (code: number): RegisteredOp | undefined => byCode.get(code);

/** How a TensorFlow operator is turned into ours. */
export const findLowering = (sourceOp: string): Lowering | undefined => bySourceOp.get(sourceOp);

/** Definition of an operator that is known to exist; a missing one is a bug of the caller. */
export function opDefinition(type: string): RegisteredOp {
  const definition = byType.get(type);
  if (!definition) throw new Error(`no file in ops/ defines the operator ${type}`);
  return definition;
}
