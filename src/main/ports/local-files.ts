/** A file of this computer, known by its content. */
export interface LocalFile {
  readonly path: string;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Files of this computer. Rejects with `file.not-found` or `file.unreadable`. */
export interface LocalFiles {
  identify(path: string): Promise<LocalFile>;
  /** The file's bytes, a piece at a time. */
  read(path: string): AsyncIterable<Uint8Array>;
}
