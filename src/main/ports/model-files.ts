/** A regular file opened for reading; nothing of it is in memory until it is asked for. */
export interface ModelFile {
  readonly path: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`, in an array of its own; an AppError `file.unreadable` outside the file. */
  read(offset: number, length: number): Uint8Array;
  /** The same into a part of an array that there is already: all of `target` is filled. */
  readInto(offset: number, target: Uint8Array): void;
  close(): void;
}

/**
 * Reading of untrusted model files, synchronous (conversion has a process of its own). Pipes, devices and sockets are never
 * opened. Errors are AppErrors: `file.not-found`, `file.unreadable`.
 */
export interface ModelFiles {
  /** What is at `path`, links followed. */
  kind(path: string): 'file' | 'folder' | 'other' | 'missing';
  open(path: string): ModelFile;
  /**
   * Opens `relativePath` (with forward slashes, as containers write it) below `folder`. Absolute paths, `..`, schemes, and
   * links that lead out of the folder are refused before anything is opened.
   */
  openInside(folder: string, relativePath: string): ModelFile;
  /** Names in a folder, sorted; at most `limit`. */
  list(folder: string, limit: number): readonly string[];
  /** The folder that holds `path`. */
  parent(path: string): string;
  /** The last part of `path`. */
  name(path: string): string;
  join(folder: string, name: string): string;
}
