import type { Recipe } from '@shared/model/recipe';
import type { DeclaredPort, DeclaredSignature } from '@shared/model/tensor';
import type { InterfaceDifference } from '@shared/model/validation';
import type { PortInterface, VariantInterface } from './variant-interface';

/** What was decided when the variant was made; undefined for files that were made elsewhere. */
export interface RecordedChoices {
  /** Element types at the boundary that the recipe asks for. */
  readonly recipe?: Pick<Recipe, 'inputType' | 'outputType' | 'name'> | undefined;
  /** Shapes that the user gave, by input. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

type Side = 'input' | 'output';

/**
 * What of the variant's inputs and outputs is not as the source declares it: name, order, element type, shape. With an explanation where
 * it is a recorded choice; an error otherwise.
 */
export function interfaceDifferences(
  original: DeclaredSignature,
  variant: VariantInterface,
  choices: RecordedChoices,
): InterfaceDifference[] {
  const inputs = original.inputs;
  const isFixed = inputs.some((port, i) => differs(port.shape, variant.inputs[i]?.shape));
  return [
    ...sideDifferences('input', inputs, variant.inputs, (port, other) => [
      ...typeDifference('input', port, other, choices),
      ...shapeDifference(port, other, () => inputExplanation(port, other, choices)),
    ]),
    ...sideDifferences('output', original.outputs, variant.outputs, (port, other) => [
      ...typeDifference('output', port, other, choices),
      ...shapeDifference(port, other, () =>
        isFixed ? 'follows from the shapes of the inputs' : 'follows from the rest of the model',
      ),
    ]),
  ];
}

const differs = (declared: readonly number[] | undefined, found: readonly number[] | undefined): boolean =>
  declared?.join() !== found?.join();

function sideDifferences(
  side: Side,
  original: readonly DeclaredPort[],
  variant: readonly PortInterface[],
  compare: (port: DeclaredPort, other: PortInterface) => InterfaceDifference[],
): InterfaceDifference[] {
  const found: InterfaceDifference[] = [];
  if (original.length !== variant.length)
    found.push({
      tensor: side,
      what: `the original has ${original.length} ${side}s, the variant ${variant.length}`,
    });
  for (const [i, port] of original.entries()) {
    const other = variant[i];
    if (!other) continue;
    if (other.name === port.name) {
      found.push(...compare(port, other));
      continue;
    }
    const isMoved = variant.some(({ name }) => name === port.name);
    found.push({
      tensor: port.name,
      what: isMoved
        ? `${side} ${i} is '${other.name}': the order differs`
        : `it is named '${other.name}' in the variant`,
    });
  }
  return found;
}

function typeDifference(
  side: Side,
  port: DeclaredPort,
  other: PortInterface,
  { recipe }: RecordedChoices,
): InterfaceDifference[] {
  if (other.dtype === port.dtype) return [];
  const asked = side === 'input' ? recipe?.inputType : recipe?.outputType;
  // Of a file that was made elsewhere only its quantization shows that somebody chose so.
  const isChosen = other.quantization !== undefined && (recipe === undefined || asked === other.dtype);
  const explanation =
    recipe === undefined
      ? `the file has quantized ${side}s of ${other.dtype}`
      : `the recipe ${recipe.name} asks for ${other.dtype} ${side}s`;
  return [
    {
      tensor: port.name,
      what: `${port.dtype} in the original, ${other.dtype} in the variant`,
      ...(isChosen ? { explanation } : {}),
    },
  ];
}

function shapeDifference(
  { name, shape }: DeclaredPort,
  other: PortInterface,
  explain: () => string | undefined,
): InterfaceDifference[] {
  if (shape === undefined)
    return [
      {
        tensor: name,
        what: `any shape in the original, [${other.shape}] in the variant`,
        explanation: 'the original leaves the number of dimensions open; the variant has one',
      },
    ];
  if (!differs(shape, other.shape)) return [];
  const isNarrower =
    other.shape.length === shape.length &&
    other.shape.every((size, k) => size === shape[k] || (shape[k] ?? 0) < 0);
  const explanation = isNarrower ? explain() : undefined;
  return [
    {
      tensor: name,
      what: `shape [${shape}] in the original, [${other.shape}] in the variant`,
      ...(explanation === undefined ? {} : { explanation }),
    },
  ];
}

/** Why dimensions of an input that are dynamic in the original are fixed; undefined: for no reason that was given. */
function inputExplanation(
  { name, shape = [] }: DeclaredPort,
  other: PortInterface,
  { shapes }: RecordedChoices,
): string | undefined {
  const asked = shapes?.[name];
  const isAsked = (size: number, k: number): boolean => size === shape[k] || asked?.[k] === size;
  if (asked && other.shape.every(isAsked)) return `fixed as asked with --shape ${name}=${asked}`;
  const isBatchOnly = other.shape.every((size, k) => size === shape[k] || k === 0);
  return isBatchOnly ? `the batch is fixed to ${other.shape[0]}` : undefined;
}
