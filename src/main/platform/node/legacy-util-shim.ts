import util from 'node:util';

// @tensorflow/tfjs-node calls two helpers that Node 24 removed; they are put back before it is loaded.
const legacy = util as unknown as Record<string, unknown>;
legacy['isNullOrUndefined'] ??= (value: unknown): boolean => value == null;
legacy['isArray'] ??= Array.isArray;
