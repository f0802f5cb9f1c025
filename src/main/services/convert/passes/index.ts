import type { Model } from '../graph/ir';
import { allGraphs } from '../graph/subgraphs';
import { Pace } from '../pace';
import { centeredNorm } from './centered-norm';
import { clipToRelu } from './clip-to-relu';
import { constantMatmul } from './constant-matmul';
import { deadCode } from './dead-code';
import { denseReshape } from './dense-reshape';
import { dilatedConvolution } from './dilated-convolution';
import { duplicateConstants } from './duplicate-constants';
import { duplicateOps } from './duplicate-ops';
import { foldAffineBefore } from './fold-affine-before';
import { foldAffineAfter } from './fold-affine-after';
import { folding } from './folding';
import { fuseActivation } from './fuse-activation';
import { gelu } from './gelu';
import { hardSwish } from './hard-swish';
import { identities } from './identities';
import { l2Normalization } from './l2-normalization';
import { loopVariables } from './loop-variables';
import { mergeAffine } from './merge-affine';
import { mergeLayout } from './merge-layout';
import { padIntoWindow } from './pad-into-window';
import { neutralConstants } from './neutral-constants';
import type { Pass } from './pass';
import { prelu } from './prelu';
import { reduceKeepDims } from './reduce-keep-dims';
import { transposedOperand } from './transposed-operand';
import { writeErf } from './write-erf';

/** All rewrites, in the order in which they run. */
export const PASSES: readonly Pass[] = [
  deadCode,
  identities,
  folding,
  loopVariables,
  duplicateConstants,
  duplicateOps,
  neutralConstants,
  clipToRelu,
  hardSwish,
  gelu,
  prelu,
  l2Normalization,
  writeErf,
  centeredNorm,
  deadCode,
  mergeLayout,
  dilatedConvolution,
  mergeLayout,
  padIntoWindow,
  transposedOperand,
  constantMatmul,
  denseReshape,
  reduceKeepDims,
  mergeAffine,
  // What was merged away still reads its operands, and what is read twice cannot be fused.
  deadCode,
  foldAffineAfter,
  foldAffineBefore,
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
