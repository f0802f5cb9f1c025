import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';
import { bytesOf } from '@shared/model/dtype';
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
    const records = Object.entries(batch).map(([name, tensor]) => ({ name, tensor: sampleOf(tensor, 0) }));
    const file = join(folder, 'inputs.bin');
    await writeFile(file, Buffer.concat(records.map(encodeTensor)));
    const tensors: TensorFile[] = [];
    for (const { name, tensor } of records) {
      const path = join(folder, `input-${tensors.length}.bin`);
      await writeFile(path, bytesOf(tensor.data));
      tensors.push({ name, shape: tensor.shape, file: path });
    }
    return { file, tensors, sample: batch };
  } finally {
    await data.close();
  }
}

/** One input's plain bytes. */
interface TensorFile {
  readonly name: string;
  readonly shape: readonly number[];
  readonly file: string;
}

/** One sample of the user's data: as a tensor stream, as a file for each input, and as tensors with a first axis of one sample. */
export interface RealInput {
  readonly file: string;
  readonly tensors: readonly TensorFile[];
  readonly sample: Awaited<ReturnType<Awaited<ReturnType<typeof openDataSet>>['slice']>>;
}
