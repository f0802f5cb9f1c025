import type { LayerOverride, Precision, Recipe } from '@shared/model/recipe';
import type { Op } from '../convert/graph/ir';

/** `*` matches any run of characters, everything else itself. */
function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return (text) => text === pattern;
  return (text) => {
    const [first = '', ...rest] = parts;
    const last = rest.pop() ?? '';
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
      return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > text.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}

const compile = ({ name, type, precision }: LayerOverride): ((op: Op) => Precision | undefined) => {
  const isName = name === undefined ? () => true : matcher(name);
  return (op) => (isName(op.name) && (type === undefined || op.type === type) ? precision : undefined);
};

/** The precision of each operator under a recipe: the last override that matches it, or the recipe's own. */
export function precisionOf(recipe: Recipe): (op: Op) => Precision {
  const overrides = recipe.overrides.map(compile).reverse();
  return (op) => {
    for (const override of overrides) {
      const precision = override(op);
      if (precision !== undefined) return precision;
    }
    return recipe.precision;
  };
}
