import { producedBy } from './kit/match';
import { besideNumber, near, productOf } from './kit/product';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/** x * relu6(x + 3) / 6 as HARD_SWISH, in whatever order the factors come. */
export const hardSwish = peephole('hard swish', ['MUL', 'DIV'], (op, graph) => {
  const { scalar, constants, terms } = productOf(op.output());
  if (terms.length !== 2 || constants.length > 0 || !near(scalar, 1 / 6)) return;
  for (const [x, gate] of [terms, [terms[1], terms[0]]] as const) {
    const clamp = producedBy(gate, 'RELU6');
    const shifted = clamp && besideNumber(clamp.input(0), 3);
    if (!x || shifted?.rest !== x || shifted.sign !== 1) continue;
    replaceOp(graph, op, 'HARD_SWISH', {}, [x]);
    return;
  }
});
