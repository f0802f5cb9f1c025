import type { Value } from '../graph/ir';
import type { RnnOp } from '../source/rnn';
import { fusedLstm, isFusable } from './kit/rnn/fused';
import { readLayer } from './kit/rnn/layer';
import { loop } from './kit/rnn/loop';
import { isUnrollable, unrolled } from './kit/rnn/unrolled';
import type { Lowering, Lowerings } from './op';

const layer =
  (op: RnnOp): Lowering =>
  (context): readonly Value[] => {
    const read = readLayer(context, op);
    if (isFusable(read)) return [fusedLstm(context, read)];
    return isUnrollable(read) ? unrolled(context, read) : loop(context, read);
  };

/** Recurrent layers (source/rnn.ts): one operator where TFLite has it, written out where asked for, a loop otherwise. */
export const lowerings: Lowerings = {
  _Lstm: layer('_Lstm'),
  _Gru: layer('_Gru'),
  _SimpleRnn: layer('_SimpleRnn'),
};
