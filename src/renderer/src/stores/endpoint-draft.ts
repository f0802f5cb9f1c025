import type { CloudInput } from '@shared/api/jobs';
import type { CloudProtocol } from '@shared/model/cloud';

/** What is typed about a server elsewhere. */
export interface EndpointDraft {
  url: string;
  protocol: CloudProtocol;
  servedName: string;
  servedVersion: string;
  binary: boolean;
  path: string;
  body: string;
  outputs: string;
  secret: string;
  /** Goes to the key store and is forgotten here. */
  secretValue: string;
  secretHeader: string;
  pin: string;
}

export const emptyDraft = (): EndpointDraft => ({
  url: '',
  protocol: 'tf-serving',
  servedName: '',
  servedVersion: '',
  binary: false,
  path: '/predict',
  body: '',
  outputs: '',
  secret: '',
  secretValue: '',
  secretHeader: '',
  pin: '',
});

/** "name = path" lines as a record; undefined when a line is none. */
export function outputPaths(text: string): Record<string, string> | undefined {
  const entries = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => /^([^=]+?)\s*=\s*(.*)$/.exec(line));
  if (entries.some((entry) => entry === null)) return undefined;
  return Object.fromEntries(entries.map((entry) => [entry?.[1] ?? '', entry?.[2] ?? '']));
}

/** What is missing before the server can be asked; empty when nothing is. */
export function lackingOf(draft: EndpointDraft): string {
  if (!/^https?:\/\/[^/]/.test(draft.url)) return 'Give the address of the server, with http:// or https://.';
  if (draft.pin !== '' && !/^[0-9a-f]{64}$/i.test(draft.pin.replaceAll(':', '')))
    return 'A certificate is named by its SHA-256: 64 hexadecimal digits.';
  if (draft.protocol !== 'http') return '';
  if (draft.body.trim() === '') return 'Write the request body.';
  const outputs = outputPaths(draft.outputs);
  return outputs === undefined || Object.keys(outputs).length === 0
    ? 'Say where the outputs are: one "output = path" per line.'
    : '';
}

/** The endpoint's part of the request to measure it. */
export function endpointInput(draft: EndpointDraft): Partial<CloudInput> {
  const isTemplate = draft.protocol === 'http';
  const text = (value: string): string | undefined => (value === '' ? undefined : value);
  const fields: Partial<Record<keyof CloudInput, unknown>> = {
    url: draft.url,
    protocol: draft.protocol,
    servedName: isTemplate ? undefined : text(draft.servedName),
    servedVersion: isTemplate ? undefined : text(draft.servedVersion),
    binary: draft.protocol === 'oip-v2' && draft.binary ? true : undefined,
    template: isTemplate
      ? {
          path: draft.path,
          contentType: 'application/json',
          body: draft.body,
          outputs: outputPaths(draft.outputs) ?? {},
        }
      : undefined,
    secret: text(draft.secret),
    secretHeader: text(draft.secretHeader),
    pinnedCertificate: text(draft.pin.replaceAll(':', '').toLowerCase()),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
