import { AppError } from '@shared/error/app-error';
import { viewAs } from '@shared/model/dtype';
import { isForeign } from '../convert/graph/foreign';
import type { Model, Op, Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { verifyModel } from '../convert/graph/verify';
import { findOp, opDefinition } from '../convert/registry';
import { compareVersions } from '../convert/write/version';
import { sameScale } from './scales';

/** The least scales that every kernel takes (see MIN_WIDTH in scales.ts); 16 bits divide the same range further. */
const minScale = (value: Value): number => (value.dtype === 'int16' ? 1e-12 : 1e-9);

/** Operators whose version a runtime does not have yet, with the runtime that has. */
export function newerThan(model: Model, targetRuntime: string): { op: Op; since: string }[] {
  const found: { op: Op; since: string }[] = [];
  for (const graph of allGraphs(model))
    for (const op of graph.ops) {
      const since = isForeign(op) ? undefined : findOp(op.type)?.version(op).since;
      if (
        since !== undefined &&
        compareVersions(since, targetRuntime) > 0 &&
        !isPatchOf(since, targetRuntime)
      )
        found.push({ op, since });
    }
  return found;
}

/** "2.17.0" is not newer than the target "2.17". */
const isPatchOf = (since: string, target: string): boolean => `${since}.`.startsWith(`${target}.`);

/** Refuses what the target would not load, or would load and get wrong: `quantize.failed` naming the operators. */
export function refuseNewerThan(model: Model, targetRuntime: string): void {
  const newer = newerThan(model, targetRuntime);
  const [first] = newer;
  if (!first) return;
  const names = [...new Set(newer.map(({ op }) => `${op.type} '${op.name}'`))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const needed = newer
    .map(({ since }) => since)
    .sort(compareVersions)
    .at(-1);
  throw new AppError(
    'quantize.failed',
    `TensorFlow Lite ${targetRuntime} cannot run ${names.slice(0, 3).join(', ')}${more}: it takes ${needed}; choose a newer target runtime, or another precision for these operators.`,
    { details: { operators: names, needed: needed ?? first.since } },
  );
}

/**
 * What must hold of every quantized model, whatever made it: shared, fixed and derived scales are what kernels assume without
 * checking, and a file that breaks one loads and gives wrong numbers. Answers what does not hold, in words.
 */
export function quantizationProblems(model: Model): string[] {
  // Not the types: a copy knows less of shapes than the passes did.
  const problems = verifyModel(model, { types: false });
  for (const graph of allGraphs(model))
    for (const op of graph.ops) {
      const say = (problem: string): number => problems.push(`${op.type} '${op.name}': ${problem}`);
      for (const value of [...op.inputs, ...op.outputs])
        if (
          value?.quantization?.scale.some((scale) => !(scale >= minScale(value)) || scale === Infinity) &&
          !isBias(op, value)
        )
          say(`'${value.name}' has a scale out of range`);
      if (!isForeign(op)) checkOp(op, say);
    }
  return problems;
}

const isBias = (op: Op, value: Value): boolean => {
  const bias = isForeign(op) ? undefined : opDefinition(op.type).quantization.weights?.bias;
  return bias !== undefined && op.inputs[bias] === value;
};

function checkOp(op: Op, say: (problem: string) => void): void {
  const { quantization: facts } = opDefinition(op.type);
  const [output] = op.outputs;
  const type = output?.dtype;
  if (!output?.quantization || (type !== 'int8' && type !== 'int16' && type !== 'uint8')) return;
  if (facts.rule === 'same') {
    const operands = facts.operands === 'all' ? op.inputs.keys() : (facts.operands ?? []);
    for (const i of operands) {
      const operand = op.inputs[i];
      if (operand && !sameScale(operand.quantization, output.quantization))
        say(`operand ${i} has another scale than the output`);
    }
    for (const [i, other] of op.outputs.entries())
      if (other.quantization && !sameScale(other.quantization, output.quantization))
        say(`output ${i} has another scale than the first`);
  }
  const fixed = facts.rule === 'fixed' ? (type === 'int16' ? facts.int16 : facts.int8) : undefined;
  if (fixed && (output.quantization.scale[0] !== fixed[0] || output.quantization.zeroPoint[0] !== fixed[1]))
    say('its output does not have the scale that the kernel demands');
  if (facts.weights) checkWeights(op, facts.weights, facts.operands, say);
}

function checkWeights(
  op: Op,
  { operand, bias }: { readonly operand: number; readonly bias?: number },
  operands: readonly number[] | 'all' | undefined,
  say: (problem: string) => void,
): void {
  const weights = op.inputs[operand];
  const input = op.inputs[operands === 'all' ? 0 : (operands?.[0] ?? 0)];
  if (weights?.dtype !== 'int8' || !weights.constant || !weights.quantization) return;
  if (weights.quantization.zeroPoint.some((zero) => zero !== 0)) say('its weights have a zero point');
  if (viewAs('int8', weights.constant.bytes()).includes(-128)) say('its weights hold -128');
  const biasValue = bias === undefined ? undefined : op.inputs[bias];
  const inputScale = input?.quantization?.scale[0];
  if (!biasValue?.quantization || inputScale === undefined) return;
  for (const [i, scale] of biasValue.quantization.scale.entries()) {
    const wanted = inputScale * (weights.quantization.scale[i] ?? 0);
    // Within one unit in the last place of float32.
    if (Math.abs(scale - wanted) > wanted * 2 ** -23) say(`the scale ${i} of its bias is not input x weight`);
  }
}
