import type { SourceFunction, SourceNode } from '../../source';
import type { Wire } from '@shared/protobuf/wire';
import { readFunction, resolveFunction, type RawFunction } from './function-def';

/** The functions of a model, decoded when they are first asked for: most of a Keras export is never called. */
export class FunctionLibrary {
  readonly #encoded: ReadonlyMap<string, () => Wire>;
  readonly #raw = new Map<string, RawFunction>();
  readonly #resolved = new Map<string, SourceFunction>();

  constructor(encoded: ReadonlyMap<string, () => Wire>) {
    this.#encoded = encoded;
  }

  find(name: string): SourceFunction | undefined {
    const known = this.#resolved.get(name);
    if (known) return known;
    const raw = this.#decode(name);
    if (!raw) return undefined;
    const resolved = resolveFunction(raw, (other) =>
      this.#decode(other)?.results.map((result) => result.name),
    );
    this.#resolved.set(name, resolved);
    return resolved;
  }

  /** All functions that these nodes call, and those call, by name. */
  reachableFrom(nodes: Iterable<SourceNode>): ReadonlyMap<string, SourceFunction> {
    const found = new Map<string, SourceFunction>();
    const waiting = [...nodes];
    for (let node = waiting.pop(); node; node = waiting.pop())
      for (const name of calledFunctions(node)) {
        const callee = found.has(name) ? undefined : this.find(name);
        if (!callee) continue;
        found.set(name, callee);
        for (const inner of callee.nodes.values()) waiting.push(inner);
      }
    return found;
  }

  #decode(name: string): RawFunction | undefined {
    const known = this.#raw.get(name);
    if (known) return known;
    const wire = this.#encoded.get(name);
    const raw = wire && readFunction(wire());
    if (raw) this.#raw.set(name, raw);
    return raw;
  }
}

/** Names of the functions a node refers to: in attributes, in lists of them, or as its own op. */
export function calledFunctions(node: SourceNode): readonly string[] {
  const names = [node.op];
  for (const attr of Object.values(node.attrs))
    if (attr.kind === 'function') names.push(attr.value);
    else if (attr.kind === 'list')
      for (const each of attr.value) if (each.kind === 'function') names.push(each.value);
  return names;
}
