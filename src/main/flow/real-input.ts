import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';
import type { ModelInfo } from '@shared/model/model';
import { encodeTensor } from '@shared/runner/tensor-stream';
import { openDataSet, sampleOf } from '../services/data';

/** The first sample of the user's data as the runner reads it; none for random data, which the runner makes itself. */
export async function realInput(
  input: BenchmarkInput,
  model: ModelInfo,
  folder: string,
): Promise<RealInput | undefined> {
  const path = input.data ?? input.calibration;
  const signature = model.signatures.find(({ key }) => key === (input.signature ?? model.defaultSignature));
  if (path === undefined || !signature) return undefined;
  const data = await openDataSet(path, signature.inputs);
  try {
    const batch = await data.slice(0, 1);
    const records = Object.entries(batch).map(([name, tensor]) =>
      encodeTensor({ name, tensor: sampleOf(tensor, 0) }),
    );
    const file = join(folder, 'inputs.bin');
    await writeFile(file, Buffer.concat(records));
    return { file, sample: batch };
  } finally {
    await data.close();
  }
}

/** One sample of the user's data: as a file for the runner, and as tensors with a first axis of one sample. */
export interface RealInput {
  readonly file: string;
  readonly sample: Awaited<ReturnType<Awaited<ReturnType<typeof openDataSet>>['slice']>>;
}
