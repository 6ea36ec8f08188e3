import type { AuthClient } from '@evergreen-auth/client';

/** A request of Swagger UI, before it is sent. */
export interface TryRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** True for the OpenAPI document itself. */
  readonly loadSpec?: boolean;
}

export interface Authorization {
  requestInterceptor(request: TryRequest): Promise<TryRequest>;
  responseInterceptor<Response>(response: Response): Response;
}

/** Requests that use the refresh cookie need the header, with any value. */
const REQUESTED_WITH = 'X-Requested-With';

/**
 * Sends the requests of "Try it out" with the session of this browser, if they go to the origin of
 * the page. An `Authorization` from the dialog "Authorize" is left as it is.
 */
export function createAuthorization(
  client: Pick<AuthClient, 'tokenFor' | 'fetch'>,
  page: Pick<URL, 'origin' | 'href'>,
): Authorization {
  let isSessionUsed = false;
  return {
    async requestInterceptor(request) {
      isSessionUsed = false;
      if (request.loadSpec || new URL(request.url, page.href).origin !== page.origin)
        return request;
      request.headers[REQUESTED_WITH] ??= 'docs';
      if (hasAuthorization(request)) return request;
      // Without a token, the response says what is missing.
      const token = await client.tokenFor(request.url).catch(() => undefined);
      if (token === undefined) return request;
      request.headers.Authorization = `Bearer ${token}`;
      isSessionUsed = true;
      return request;
    },
    responseInterceptor(response) {
      // It may have ended the session, of which the client would hear at its next refresh only.
      if (isSessionUsed) void client.fetch('/api/auth/verify').catch(() => {});
      isSessionUsed = false;
      return response;
    },
  };
}

function hasAuthorization({ headers }: TryRequest): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}
