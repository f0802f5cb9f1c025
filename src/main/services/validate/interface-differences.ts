import type { Signature } from '@shared/model/tensor';
import type { z } from 'zod';
import type { interfaceDifferenceSchema } from '@shared/model/validation';
import type { PortInterface, VariantInterface } from './variant-interface';

type Difference = z.infer<typeof interfaceDifferenceSchema>;

/** What of the variant's inputs and outputs is not as in the original; with an explanation where it is a choice of the recipe. */
export function interfaceDifferences(original: Signature, variant: VariantInterface): Difference[] {
  return [
    ...portDifferences('input', original.inputs, variant.inputs),
    ...portDifferences('output', original.outputs, variant.outputs),
  ];
}

function portDifferences(
  side: string,
  original: Signature['inputs'],
  variant: readonly PortInterface[],
): Difference[] {
  const found: Difference[] = [];
  if (original.length !== variant.length)
    found.push({
      tensor: side,
      what: `the original has ${original.length} ${side}s, the variant ${variant.length}`,
    });
  for (const [i, port] of original.entries()) {
    const other = variant[i];
    if (!other) continue;
    if (other.name !== port.name) {
      const moved = variant.some((candidate) => candidate.name === port.name);
      found.push({
        tensor: port.name,
        what: moved
          ? `${side} ${i} is '${other.name}': the order differs`
          : `it is named '${other.name}' in the variant`,
      });
      continue;
    }
    if (other.dtype !== port.dtype)
      found.push({
        tensor: port.name,
        what: `${port.dtype} in the original, ${other.dtype} in the variant`,
        ...(other.quantization ? { explanation: `the recipe asks for ${other.dtype} ${side}s` } : {}),
      });
    const isFixed =
      other.shape.length === port.shape.length &&
      other.shape.every((dim, k) => dim === port.shape[k] || (port.shape[k] ?? 0) < 0);
    if (!isFixed)
      found.push({
        tensor: port.name,
        what: `shape [${port.shape}] in the original, [${other.shape}] in the variant`,
      });
    else if (other.shape.some((dim, k) => dim !== port.shape[k]))
      found.push({
        tensor: port.name,
        what: `shape [${port.shape}] became [${other.shape}]`,
        explanation: 'dynamic dimensions were fixed as asked, or are known from the rest of the model',
      });
  }
  return found;
}
