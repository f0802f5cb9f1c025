import type { SourceFormat } from '@shared/model/source-format';
import type { Signature } from '@shared/model/tensor';

export interface EmbeddedServerRequest {
  readonly modelPath: string;
  readonly format: SourceFormat;
  /** The name under which it is served. */
  readonly name: string;
  readonly signature: Signature;
  /** A port of the loopback interface; any free one when left out. */
  readonly port?: number | undefined;
}

export interface EmbeddedServer {
  /** E.g. "http://127.0.0.1:40123". */
  readonly url: string;
  readonly name: string;
  /** What computes it, e.g. "TensorFlow 2.16.2 (tfjs-node 4.22.0)". */
  readonly framework: string;
  /** The largest resident size that its process has had, in bytes; undefined when it does not tell. */
  peakMemoryBytes(): Promise<number | undefined>;
  stop(): void;
}

/** Serves an original model on this machine's loopback, in a process of its own, which ends with ours. */
export interface EmbeddedServers {
  /** `onEnd` is told when the process has gone without having been stopped. */
  start(
    request: EmbeddedServerRequest,
    onEnd?: (reason: string) => void,
    signal?: AbortSignal,
  ): Promise<EmbeddedServer>;
}
