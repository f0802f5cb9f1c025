import { AppError } from '@shared/error/app-error';
import type { Endpoint } from '@shared/model/cloud';

export interface EndpointPlace {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Path in front of the API's own, without a slash at its end. */
  readonly prefix: string;
}

/** Takes an endpoint's address apart; AppError `usage.wrong` for anything but http(s), and for addresses that hold secrets. */
export function placeOf(endpoint: Endpoint): EndpointPlace {
  const wrong = (what: string): AppError =>
    new AppError(
      'usage.wrong',
      `The address of the endpoint "${endpoint.title}" ${what}. Give it as http://HOST:PORT.`,
    );
  let url: URL;
  try {
    url = new URL(endpoint.url);
  } catch {
    throw wrong('is not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('is neither http nor https');
  // It would be stored with the baseline; tokens are kept apart.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw wrong('holds a user, a password or a query; secrets are given separately');
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return {
    url: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    prefix: url.pathname.replace(/\/+$/, ''),
  };
}
