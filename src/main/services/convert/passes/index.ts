import type { Model } from '../graph/ir';
import { allGraphs } from '../graph/subgraphs';
import { Pace } from '../pace';
import { clipToRelu } from './clip-to-relu';
import { deadCode } from './dead-code';
import { denseReshape } from './dense-reshape';
import { dilatedConvolution } from './dilated-convolution';
import { duplicateConstants } from './duplicate-constants';
import { duplicateOps } from './duplicate-ops';
import { foldAffineAfter } from './fold-affine-after';
import { folding } from './folding';
import { fuseActivation } from './fuse-activation';
import { identities } from './identities';
import { mergeAffine } from './merge-affine';
import { padIntoWindow } from './pad-into-window';
import type { Pass } from './pass';

/** All rewrites, in the order in which they run. */
export const PASSES: readonly Pass[] = [
  deadCode,
  identities,
  folding,
  duplicateConstants,
  duplicateOps,
  clipToRelu,
  dilatedConvolution,
  padIntoWindow,
  denseReshape,
  mergeAffine,
  foldAffineAfter,
  fuseActivation,
  identities,
  folding,
  duplicateConstants,
  duplicateOps,
  deadCode,
];

/** Runs the passes over every graph of the model; `after` is called after each (tests verify the model there). */
export async function optimize(
  model: Model,
  pace = new Pace(),
  after?: (pass: Pass) => void,
  passes: readonly Pass[] = PASSES,
): Promise<void> {
  for (const [index, pass] of passes.entries()) {
    for (const graph of allGraphs(model)) {
      pass.run(graph);
      if (pace.step('optimize', index, passes.length)) await pace.rest();
    }
    after?.(pass);
  }
}
