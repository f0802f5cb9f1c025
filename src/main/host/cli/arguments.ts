import { DELEGATES, type Delegate } from '@shared/model/delegate';
import { InvalidArgumentError } from 'commander';

/** "float32,int8" -> two names; empty parts are refused. */
export function parseList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) throw new InvalidArgumentError('Give names separated by commas.');
  return parts;
}

/** "input=1,8,8,1", repeatable. */
export function parseShape(
  text: string,
  previous: Readonly<Record<string, number[]>> = {},
): Record<string, number[]> {
  const match = /^(.+)=(\d+(?:,\d+)*)$/.exec(text);
  if (!match?.[1] || !match[2]) throw new InvalidArgumentError('Write it as INPUT=1,224,224,3.');
  return { ...previous, [match[1]]: match[2].split(',').map(Number) };
}

/** "cpu,gpu" -> delegates; unknown names are refused. */
export function parseDelegates(text: string): Delegate[] {
  const names = new Set<Delegate>();
  for (const name of parseList(text)) {
    const known = DELEGATES.find((delegate) => delegate === name);
    if (!known) throw new InvalidArgumentError(`Give some of ${DELEGATES.join(', ')}.`);
    names.add(known);
  }
  return [...names];
}

/** "name=value", repeatable. */
export function parseNamedValue(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as NAME=VALUE.');
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

export function parsePositiveInt(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number above 0.');
  return value;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

/** Points of a percentage as a share: "0.5" -> 0.005. */
export function parsePoints(text: string): number {
  const value = parseNotNegative(text);
  if (value > 100) throw new InvalidArgumentError('Give points from 0 to 100.');
  return value / 100;
}

/** "10,20,50" -> positive numbers. */
export const parsePositives = (text: string): number[] => parseList(text).map(parsePositive);

export const parsePositiveInts = (text: string): number[] => parseList(text).map(parsePositiveInt);

export function parseNotNegative(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Give 0 or a number above it.');
  return value;
}

export function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('Give a port from 0 (any free one) to 65535.');
  return value;
}

/** Only what was given: the contract's schemas refuse `undefined` keys. */
export function given<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Cores by kind, or as a mask. */
export function parseCores(text: string): string {
  if (!/^(big|middle|little|(0x)?[0-9a-f]{1,16})$/i.test(text))
    throw new InvalidArgumentError('Give big, middle, little, or a hexadecimal mask such as f0.');
  return text.toLowerCase();
}
