import type { ForeignAttrs } from '../../graph/foreign';
import { Op, type Attrs, type Graph, type Value } from '../../graph/ir';
import { findOpByCode, type RegisteredOp } from '../../registry';
import { CUSTOM_CODE, SLOTS } from '../../schema';
import { BUILTIN_NAMES } from './builtin-names';
import type { FlatReader, Table } from './flat-reader';
import { modernOperands } from './legacy';
import { decodeOptions } from './options';

export interface OperatorCode {
  readonly code: number;
  readonly version: number;
  readonly customCode: string | undefined;
}

export function readOperatorCodes(reader: FlatReader, model: Table): OperatorCode[] {
  return model.tables(SLOTS.model.operatorCodes).map((table, index) => {
    // Files from before 2020 have only the deprecated field; the greater one counts.
    const code = Math.max(
      table.int8(SLOTS.operatorCode.deprecatedBuiltinCode),
      table.int32(SLOTS.operatorCode.builtinCode),
    );
    if (code < 0 || code >= BUILTIN_NAMES.length)
      reader.refuse(`operator code ${index} is ${code}, which no operator has`, table.offset);
    const customCode = table.string(SLOTS.operatorCode.customCode);
    if (code === CUSTOM_CODE && !customCode)
      reader.refuse(`operator code ${index} is a custom one without a name`, table.offset);
    return {
      code,
      version: table.int32(SLOTS.operatorCode.version, 1),
      customCode: code === CUSTOM_CODE ? customCode : undefined,
    };
  });
}

/** Reads the operators of one subgraph in the order in which the runtime runs them, and checks that they can run so. */
export function readOperators(
  reader: FlatReader,
  subgraph: Table,
  graph: Graph,
  tensors: readonly Value[],
  codes: readonly OperatorCode[],
  graphs: readonly Graph[],
): void {
  const available = new Set<Value>(graph.inputs);
  const inputs = new Set<Value>(graph.inputs);
  subgraph.tables(SLOTS.subgraph.operators).forEach((table, index) => {
    const opcodeIndex = table.uint32(SLOTS.operator.opcodeIndex);
    const operatorCode = codes[opcodeIndex];
    if (!operatorCode)
      return reader.refuse(`operator ${index} has the code ${opcodeIndex} of ${codes.length}`, table.offset);
    const type = operatorCode.customCode ?? (BUILTIN_NAMES[operatorCode.code] as string);
    const refuse = (problem: string): never =>
      reader.refuse(`operator ${index} (${type}) in subgraph '${graph.name}' ${problem}`, table.offset);

    const tensorAt = (number: number): Value =>
      tensors[number] ?? refuse(`refers to tensor ${number} of ${tensors.length}`);
    const operands = (table.numbers(SLOTS.operator.inputs, 'int32') ?? []).map((number) =>
      number === -1 ? null : tensorAt(number),
    );
    for (const operand of operands)
      if (operand && !operand.constant && !operand.isVariable && !available.has(operand))
        refuse(`reads '${operand.name}', which nothing before it computes`);
    const outputs = (table.numbers(SLOTS.operator.outputs, 'int32') ?? []).map(tensorAt);
    for (const output of outputs) {
      if (output.constant || inputs.has(output))
        refuse(`writes '${output.name}', which is a constant or an input`);
      if (output.producer || available.has(output)) refuse(`writes '${output.name}' a second time`);
      available.add(output);
    }
    const modern = modernOperands(operatorCode.code, table, operands);
    const name = outputs[0]?.name ?? type;
    const definition = findOpByCode(operatorCode.code);
    const attrs = definition && decodeOptions(definition, table, refuse, graphs);
    const op = attrs
      ? new Op<Attrs>((definition as RegisteredOp).type, name, attrs, modern, outputs)
      : new Op<ForeignAttrs>(type, name, { foreign: foreignOf(table, operatorCode) }, operands, outputs);
    op.intermediates = (table.numbers(SLOTS.operator.intermediates, 'int32') ?? []).map(tensorAt);
    graph.add(op);
  });
}

function foreignOf(table: Table, { code, version, customCode }: OperatorCode): ForeignAttrs['foreign'] {
  const customOptions = table.byteVector(SLOTS.operator.customOptions);
  return {
    code,
    version,
    ...(customCode === undefined ? {} : { customCode }),
    ...(customOptions ? { customOptions } : {}),
  };
}
