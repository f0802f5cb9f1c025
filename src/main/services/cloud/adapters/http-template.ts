import { badReply, tensorFromJson, tensorJson, type PlainType } from '@shared/cloud/json-tensor';
import { AppError } from '@shared/error/app-error';
import type { Endpoint, HttpTemplate } from '@shared/model/cloud';
import { bytesOf } from '@shared/model/dtype';
import type { NamedTensors } from '@shared/model/tensor';
import type { CloudAdapter } from '../adapter';
import { replyFields } from './reply';

const PLACE = /\{\{(input|base64):([^{}]{1,200})\}\}/g;

/** A query's parameter that looks like a token with its value written out: it would be stored with the baseline. */
const WRITTEN_TOKEN = /[?&][^=&]*(?:key|token|secret|passw|auth|sig)[^=&]*=(?!\{\{secret\}\}(?:&|$))[^&]/i;

function templateOf(endpoint: Endpoint): HttpTemplate {
  if (endpoint.template !== undefined && WRITTEN_TOKEN.test(endpoint.template.path))
    throw new AppError(
      'usage.wrong',
      `The template's path of the endpoint "${endpoint.title}" holds a token. Write {{secret}} in its place, and give the token as the endpoint's secret.`,
    );
  if (endpoint.template !== undefined) return endpoint.template;
  throw new AppError(
    'usage.wrong',
    `The endpoint "${endpoint.title}" has no request template. Give one in its settings.`,
  );
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 8192)
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(binary);
}

function filled(template: HttpTemplate, inputs: NamedTensors): string {
  return template.body.replace(PLACE, (_, form: string, name: string) => {
    const tensor = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (tensor === undefined) {
      throw new AppError(
        'usage.wrong',
        `The request template names the input "${name}", but the model has ${Object.keys(inputs).join(', ')}.`,
      );
    }
    return form === 'input' ? tensorJson(tensor) : base64(bytesOf(tensor.data));
  });
}

/** Walks a path like "result.0.scores" through objects and lists; an empty path is the whole reply. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key))
      throw badReply(path, 'is missing');
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** Any server that takes JSON (or what the template makes of it) and answers JSON. */
export const httpTemplate: CloudAdapter = {
  inferCall(endpoint, inputs) {
    const template = templateOf(endpoint);
    return {
      method: 'POST',
      path: template.path.startsWith('/') ? template.path : `/${template.path}`,
      headers: { 'content-type': template.contentType },
      body: new TextEncoder().encode(filled(template, inputs)),
    };
  },

  outputs(endpoint, reply, expected) {
    const { outputs } = templateOf(endpoint);
    const fields = replyFields(reply);
    return Object.fromEntries(
      Object.entries(expected).map(([name, like]) => {
        const path = Object.hasOwn(outputs, name) ? outputs[name]! : undefined;
        if (path === undefined) {
          throw new AppError(
            'usage.wrong',
            `The endpoint "${endpoint.title}" does not say where the output "${name}" is in the reply.`,
          );
        }
        return [name, tensorFromJson(at(fields, path), like.dtype as PlainType, path === '' ? 'body' : path)];
      }),
    );
  },
};
