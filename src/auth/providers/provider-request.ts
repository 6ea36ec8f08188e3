import type { Config } from '../../platform/config/index.js';
import type { HttpRequest } from '../../platform/http/index.js';

/**
 * The URL of this server in the browser, such as `https://example.com/backend`: that of
 * `PUBLIC_URL` with the requested host, else the first one; without any, the requested host.
 */
export function publicUrlOf({ protocol, headers }: HttpRequest, { publicUrls }: Config): string {
  const { host = '' } = headers;
  const url = publicUrls.find(({ origin }) => origin.endsWith(`://${host}`)) ?? publicUrls[0];
  return url?.href ?? `${protocol}://${host}`;
}

/** The parameters that a provider sends back; undefined if one comes twice. */
export function parametersOf(request: HttpRequest): URLSearchParams | undefined {
  const [, query = ''] = request.originalUrl.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  return new Set(names).size === names.length ? parameters : undefined;
}

/**
 * A request as strategies for Express read it, with a session of its own.
 *
 * @param callbackUrl where the provider sends the browser back to
 */
export function providerRequest(
  request: HttpRequest,
  callbackUrl: string,
  parameters: URLSearchParams,
  session: Record<string, unknown>,
): object {
  const { headers, ip, raw } = request;
  const { protocol, host, hostname, pathname } = new URL(callbackUrl);
  const url = parameters.size > 0 ? `${pathname}?${parameters.toString()}` : pathname;
  return {
    method: 'GET',
    url,
    originalUrl: url,
    path: pathname,
    query: Object.fromEntries(parameters),
    body: {},
    params: {},
    headers: { ...headers, host },
    protocol: protocol.slice(0, -1),
    secure: protocol === 'https:',
    host,
    hostname,
    ip,
    session,
    socket: raw.socket,
    connection: raw.socket,
    get: (name: string) => (name.toLowerCase() === 'host' ? host : headers[name.toLowerCase()]),
  };
}
