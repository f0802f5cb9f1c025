/** A file of this computer, known by its content. */
export interface LocalFile {
  readonly path: string;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A file's bytes, into the reader's own memory. */
export interface OpenFile {
  /** Fills the buffers one after the other with what comes next; the number of bytes, fewer than there is room for only at the end. */
  readInto(buffers: readonly Uint8Array[]): Promise<number>;
  close(): Promise<void>;
}

/** Files of this computer. Rejects with `file.not-found` or `file.unreadable`. */
export interface LocalFiles {
  identify(path: string): Promise<LocalFile>;
  /** For reading from byte `from` on, its start without it. */
  open(path: string, from?: number): Promise<OpenFile>;
}
