import type { ByteSource } from '../byte-source';
import { type Attribute, attributeTexts, readAttribute } from './attribute';
import { damaged, refused } from './damaged';
import { type Dataset, openDataset } from './dataset';
import { readDenseAttributes, readDenseLinks } from './dense';
import { type Hdf5File, LIMITS } from './format';
import { GlobalHeap } from './global-heap';
import { type Link, type Links, readLink } from './link';
import { type HeaderMessage, MESSAGE, readObjectHeader } from './object-header';
import { openSuperblock } from './superblock';
import { readSymbolTable } from './symbol-table';

export type { Dataset } from './dataset';
export { isHdf5At } from './superblock';

/** A group of an HDF5 file: links by name, attributes, data sets. Nothing is read before it is asked for. */
export class Hdf5Group {
  readonly path: string;
  readonly #file: Hdf5File;
  readonly #heap: GlobalHeap;
  readonly #messages: readonly HeaderMessage[];
  readonly #children = new Map<string, Hdf5Group>();
  #links: Links | undefined;
  #attributes: ReadonlyMap<string, Attribute> | undefined;

  constructor(file: Hdf5File, heap: GlobalHeap, messages: readonly HeaderMessage[], path: string) {
    this.#file = file;
    this.#heap = heap;
    this.#messages = messages;
    this.path = path;
  }

  /** Names of the entries, as the file orders them. */
  names(): string[] {
    return [...this.#allLinks().keys()];
  }

  /** Whether there is an entry at `path`; what it is, and whether it can be read, is not looked at. */
  has(path: string): boolean {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const parent = parts.length === 0 ? this : this.#groupAt(parts);
    return parent !== undefined && parent.#allLinks().has(name);
  }

  /** The group under `path` ('a/b/c'); undefined when an entry is missing. Links out of the file are refused. */
  group(path: string): Hdf5Group | undefined {
    const found = this.#walk(path);
    if (!found) return undefined;
    if (found.messages.some(({ type }) => type === MESSAGE.layout))
      throw damaged(found.path, 'a data set where a group has to be');
    return new Hdf5Group(this.#file, this.#heap, found.messages, found.path);
  }

  /** The data set under `path`; undefined when an entry is missing. */
  dataset(path: string): Dataset | undefined {
    const found = this.#walk(path);
    return found && openDataset(this.#file, found.messages, found.path);
  }

  /** The texts of an attribute (one per element); undefined when there is none of that name, or it holds no text. */
  texts(name: string): string[] | undefined {
    const attribute = this.#allAttributes().get(name);
    return attribute && attributeTexts(attribute, this.#heap, this.path);
  }

  /**
   * A list of texts that may be split over `name`, or `name0`, `name1` ... as Keras does it for lists beyond the 64 KiB
   * that an object header takes.
   */
  textList(name: string): string[] | undefined {
    const whole = this.texts(name);
    if (whole || !this.#allAttributes().has(`${name}0`)) return whole ?? this.#emptyList(name);
    const parts: string[] = [];
    for (let i = 0; this.#allAttributes().has(`${name}${i}`); i++)
      parts.push(...(this.texts(`${name}${i}`) ?? []));
    return parts;
  }

  /** numpy writes an empty list as an array of no floats. */
  #emptyList(name: string): string[] | undefined {
    return this.#allAttributes().get(name)?.count === 0 ? [] : undefined;
  }

  #walk(path: string): { messages: readonly HeaderMessage[]; path: string } | undefined {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length > LIMITS.pathParts) throw damaged(this.path, 'a path with too many parts');
    return this.#step(parts);
  }

  #groupAt(parts: readonly string[]): Hdf5Group | undefined {
    if (parts.length > LIMITS.pathParts) throw damaged(this.path, 'a path with too many parts');
    const [part, ...rest] = parts;
    const link = part === undefined ? undefined : this.#allLinks().get(part);
    if (part === undefined) return this;
    return link && this.#child(part, link).#groupAt(rest);
  }

  #step(parts: readonly string[]): { messages: readonly HeaderMessage[]; path: string } | undefined {
    const [part, ...rest] = parts;
    const link = part === undefined ? undefined : this.#allLinks().get(part);
    if (part === undefined || !link) return undefined;
    const where = joinPath(this.path, part);
    if (rest.length === 0) return { messages: this.#follow(part, link), path: where };
    return this.#child(part, link).#step(rest);
  }

  /** Groups on the way are kept: a model's weights are asked for one by one, all below the same few groups. */
  #child(name: string, link: Link): Hdf5Group {
    let child = this.#children.get(name);
    if (!child) {
      child = new Hdf5Group(this.#file, this.#heap, this.#follow(name, link), joinPath(this.path, name));
      this.#children.set(name, child);
    }
    return child;
  }

  #follow(name: string, link: Link): HeaderMessage[] {
    const where = joinPath(this.path, name);
    if (link.kind === 'external') throw refused(where, 'an external link to another file');
    if (link.kind === 'soft') throw refused(where, 'a soft link');
    return readObjectHeader(this.#file, link.address, where);
  }

  #allLinks(): Links {
    this.#links ??= this.#readLinks();
    return this.#links;
  }

  #readLinks(): Links {
    const links = new Map<string, Link>();
    const add = (message: Uint8Array): void => {
      const { name, link } = readLink(this.#file, message, this.path);
      links.set(name, link);
    };
    for (const { type, data } of this.#messages) {
      if (type === MESSAGE.symbolTable) return readSymbolTable(this.#file, data, this.path);
      if (type === MESSAGE.linkInfo)
        for (const each of readDenseLinks(this.#file, data, this.path)) add(each);
      if (type === MESSAGE.link) add(data);
    }
    return links;
  }

  #allAttributes(): ReadonlyMap<string, Attribute> {
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }

  #readAttributes(): Map<string, Attribute> {
    const attributes = new Map<string, Attribute>();
    const add = (message: Uint8Array): void => {
      const attribute = readAttribute(this.#file, message, this.path);
      attributes.set(attribute.name, attribute);
    };
    for (const { type, data } of this.#messages) {
      if (type === MESSAGE.attribute) add(data);
      if (type === MESSAGE.attributeInfo)
        for (const each of readDenseAttributes(this.#file, data, this.path)) add(each);
    }
    return attributes;
  }
}

const joinPath = (parent: string, name: string): string =>
  parent === '/' ? `/${name}` : `${parent}/${name}`;

/** Opens an HDF5 file: its root group. The source stays open as long as data sets are to be read. */
export function openHdf5(source: ByteSource): Hdf5Group {
  const file = openSuperblock(source);
  return new Hdf5Group(file, new GlobalHeap(file), readObjectHeader(file, file.root, '/'), '/');
}
