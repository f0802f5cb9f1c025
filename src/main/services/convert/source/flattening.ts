import { AppError } from '@shared/error/app-error';
import type { SourceFunction, SourceGraph, SourceNode } from '../source';

/** Calls within calls. Keras stays below five. */
const MAX_CALL_DEPTH = 64;
/** Functions that call each other twice at every level grow without limit. */
const MAX_NODES = 500_000;

/** State shared by all scopes of one run. */
export class Flattening {
  readonly source: SourceGraph;
  readonly functions = new Map<string, SourceFunction>();
  readonly notes = new Set<string>();
  readonly #frozen = new Set<string>();
  readonly #assigned = new Set<string>();
  #nodes = 0;

  constructor(source: SourceGraph) {
    this.source = source;
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

  /** What was dropped that the user has to know. Refuses a model that keeps state: its saved values would be wrong answers. */
  allNotes(): readonly string[] {
    const changed = Array.from(this.#assigned).filter((variable) => this.#frozen.has(variable));
    if (changed.length > 0)
      throw new AppError(
        'model.unsupported',
        `The model changes its own variables when it runs (${changed.map((variable) => `'${variable}'`).join(', ')}), which a converted file cannot keep up: its answers would be wrong. Export it without state (stateful=False for recurrent layers), or pass the state in and out as tensors.`,
        { details: { variables: changed } },
      );
    return Array.from(this.notes);
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
