import type { ByteSource } from '../byte-source';

/**
 * Where the file format is written down: HDF5 File Format Specification Version 3.0,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html (section numbers in this folder refer to it).
 */
export interface Hdf5File {
  readonly source: ByteSource;
  /** Bytes of an address and of a length in this file: 4 or 8. */
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** Address of the root group's object header. */
  readonly root: number;
}

/** Limits that no file written by Keras comes near; they bound the work that a hostile one can cause. */
export const LIMITS = {
  headerMessages: 50_000,
  headerBytes: 64 << 20,
  treeDepth: 16,
  groupEntries: 1_000_000,
  rank: 32,
  pathParts: 64,
  attributeBytes: 256 << 20,
  heapCollectionBytes: 512 << 20,
  datasetBytes: 2 ** 33,
} as const;
