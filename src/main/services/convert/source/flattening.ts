import { AppError } from '@shared/error/app-error';
import type { SourceFunction, SourceGraph, SourceNode } from '../source';
import { isAssignment } from './assignments';

/** Calls within calls. Keras stays below five. */
const MAX_CALL_DEPTH = 64;
/** Functions that call each other twice at every level grow without limit. */
const MAX_NODES = 500_000;

/** State shared by all scopes of one run. */
export class Flattening {
  readonly source: SourceGraph;
  readonly functions = new Map<string, SourceFunction>();
  readonly notes = new Set<string>();
  /** Variables whose values change, so that each reader sees what was put there last. */
  readonly mutable: ReadonlySet<string>;
  /** Some function or node assigns to a variable. */
  readonly assigns: boolean;
  readonly #frozen = new Set<string>();
  readonly #assigned = new Set<string>();
  #nodes = 0;

  constructor(source: SourceGraph, mutable: ReadonlySet<string> = new Set()) {
    this.source = source;
    this.mutable = mutable;
    const scopes = [source, ...source.functions.values()];
    this.assigns = scopes.some(({ nodes }) => Array.from(nodes.values()).some(({ op }) => isAssignment(op)));
  }

  count(): void {
    if (++this.#nodes > MAX_NODES)
      throw new AppError(
        'model.too-large',
        `The model has more than ${MAX_NODES} operators once its functions are written out.`,
      );
  }

  frozen(variable: string): void {
    this.#frozen.add(variable);
  }

  assigned(variable: string): void {
    this.#assigned.add(variable);
  }

  /** Variables that are both read and changed. */
  changed(): readonly string[] {
    return Array.from(this.#assigned).filter((variable) => this.#frozen.has(variable));
  }
}

/** Refuses calls without end. */
export function checkCall(node: SourceNode, callee: SourceFunction, callers: readonly string[]): void {
  if (callers.includes(callee.name))
    throw new AppError(
      'model.unsupported',
      `'${node.name}' (${node.op}) calls the function '${callee.name}' from within itself, which TensorFlow Lite cannot do.`,
      { details: { operators: [node.op] } },
    );
  if (callers.length >= MAX_CALL_DEPTH)
    throw new AppError(
      'model.unsupported',
      `The model's functions call each other more than ${MAX_CALL_DEPTH} levels deep, at '${node.name}'.`,
    );
}
