import { AppError } from '@shared/error/app-error';
import { hostRunner, tfliteLibrary } from '../node/native-parts';
import type { RunnerFiles } from './runner-process';

/** The runner and its library on this machine, looked up at each use: set-up may have just put them there. */
export class RunnerParts {
  readonly #appRoot: string;

  constructor(appRoot: string) {
    this.#appRoot = appRoot;
  }

  unavailable(): string | undefined {
    const runner = hostRunner(this.#appRoot);
    const library = tfliteLibrary();
    if (!library.found) return `TensorFlow Lite 2.21 is not at '${library.path}': run the set-up.`;
    if (!runner.found)
      return `The runner is not built ('${runner.path}'): run the set-up, which needs a C compiler.`;
    return undefined;
  }

  /** Paths of both; throws `runtime.unavailable` when one is missing. */
  files(): RunnerFiles {
    const why = this.unavailable();
    if (why !== undefined) throw new AppError('runtime.unavailable', why);
    return { runner: hostRunner(this.#appRoot).path, library: tfliteLibrary().path };
  }
}
