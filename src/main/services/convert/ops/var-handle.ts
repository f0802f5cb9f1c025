import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.6.0');

interface VarHandleAttrs {
  container: string;
  shared_name: string;
}

/** What stands for the variable of that name, which lives as long as the interpreter. */
export const op = defineOp<VarHandleAttrs>({
  type: 'VAR_HANDLE',
  code: 142,
  options: {
    union: 111,
    fields: [
      ['container', 'string'],
      ['shared_name', 'string'],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: () => [{ dtype: 'int32', shape: [] }],
});
