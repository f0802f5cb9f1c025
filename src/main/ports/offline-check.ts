/** Tries whether a variant answers on this computer while the network is cut. */
export interface OfflineCheck {
  /** Undefined where the network cannot be cut for one process: not measured. */
  answers(
    modelPath: string,
    signature: string | undefined,
    signal?: AbortSignal,
  ): Promise<boolean | undefined>;
}
