import { badReply } from '@shared/cloud/json-tensor';
import type { NamedTensors } from '@shared/model/tensor';

/**
 * Compares a reply's outputs with what the original answers; gives the largest absolute difference. AppError
 * `cloud.bad-reply` naming the output when type, shape or a value (by more than `tolerance`) is not as expected.
 */
export function checkOutputs(outputs: NamedTensors, expected: NamedTensors, tolerance: number): number {
  let largest = 0;
  for (const [name, like] of Object.entries(expected)) {
    const tensor = outputs[name];
    if (tensor === undefined) throw badReply(`output ${name}`, 'is missing');
    if (tensor.dtype !== like.dtype)
      throw badReply(`output ${name}`, `is ${tensor.dtype} instead of ${like.dtype}`);
    // A server may add or drop axes of size 1 (the batch), never anything else.
    const sizes = (shape: readonly number[]) => shape.filter((size) => size !== 1).join(' × ');
    if (tensor.data.length !== like.data.length || sizes(tensor.shape) !== sizes(like.shape)) {
      throw badReply(
        `output ${name}`,
        `has the shape [${tensor.shape.join(', ')}] instead of [${like.shape.join(', ')}]`,
      );
    }
    for (let i = 0; i < like.data.length; i += 1) {
      const difference = Math.abs(Number(tensor.data[i]) - Number(like.data[i]));
      // Not `>`: a difference that is no number must not pass.
      if (!(difference <= tolerance)) {
        throw badReply(
          `output ${name}`,
          `differs from the original's answer by ${difference.toPrecision(3)} (element ${i})`,
        );
      }
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}
