import type { ErrorCode } from '#protocol';
import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { AuthError, type Authorizer, type Problem, type ResponseHead } from '../core/index.js';

/** The adapters that ask for tokens, and whom. */
const clientsOf = new WeakMap<object, readonly Authorizer[]>();

/**
 * Lets `client` authorise what `instance` sends to the client's server, until what it returns is
 * called. A request waits for its token no longer than its own `timeout` and `signal` allow. A
 * response that says that the token has expired is not seen: the request is sent once more with a
 * new one, unless its body is a stream, which rejects with `replay_impossible`. A request that
 * brings its own `Authorization` (or `false` instead), or axios's `auth`, is sent as it is.
 *
 * ```ts
 * const api = axios.create({ baseURL: 'https://api.example.com' });
 * const detach = attachAuth(api, client);
 * ```
 *
 * What keeps the client from having a token rejects with an AuthError, all else with what axios
 * makes of it: an AxiosError with status 401 where the session is over, a CanceledError where the
 * request was aborted.
 */
export function attachAuth(instance: AxiosInstance, client: Authorizer): () => void {
  const sender = withoutDefaults(instance.create());
  const { request } = instance.interceptors;
  const id = request.use((config) => {
    const clients = clientsOf.get(Object(config.adapter) as object) ?? [];
    if (!clients.includes(client)) {
      config.adapter = authorised(config.adapter, client, sender);
      clientsOf.set(config.adapter, [...clients, client]);
    }
    return config;
  });
  return () => request.eject(id);
}

/** Sends what is ready to be sent, and adds nothing to it. */
function withoutDefaults(sender: AxiosInstance): AxiosInstance {
  for (const name in sender.defaults) Reflect.deleteProperty(sender.defaults, name);
  return sender;
}

/**
 * As an adapter it comes after all interceptors and transformations of the request and before those
 * of the response. So they see one request, however often it is sent, and a body is serialised once.
 */
function authorised(
  adapter: InternalAxiosRequestConfig['adapter'],
  client: Authorizer,
  sender: AxiosInstance,
) {
  return async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    // Applications send what has failed again with the `config` of its error.
    config.adapter = adapter;
    const patience = {
      signal: config.signal as AbortSignal | undefined,
      timeoutMs: config.timeout || undefined,
    };
    const url = urlOf(sender.getUri(config));
    const isExempt = config.headers.has('Authorization') || config.auth;
    const token = isExempt ? undefined : await client.tokenFor(url, patience);
    const sending = send(sender, config, token);
    const response = await sending.catch(
      (error: unknown) => (Object(error) as { response?: AxiosResponse }).response,
    );
    if (!response) return sending;
    const problem = await problemIn(response);
    const another = await client.handleResponse(headOf(response, url), problem, token, patience);
    if (!another) return sending;
    if (isStream(config.data))
      throw new AuthError('server', 'replay_impossible', { status: 401, problem });
    return send(sender, config, another);
  };
}

/** Where it leads from this page; to nowhere, if there is no page, and axios says so itself. */
function urlOf(uri: string): string {
  try {
    return new URL(uri, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch {
    return 'invalid:';
  }
}

/** The token is in a copy of the headers, so that no report of an error shows it. */
async function send(
  sender: AxiosInstance,
  config: InternalAxiosRequestConfig,
  token: string | undefined,
): Promise<AxiosResponse> {
  // Neither is complete: the one leaves out headers that are set to false, and in axios 1.0 the
  // other leaves out defaults.
  const headers = {
    ...config.headers.toJSON(),
    ...(config.headers as object),
    ...(token && { Authorization: `Bearer ${token}` }),
  };
  const restore = (outcome: Partial<AxiosResponse> | undefined) => {
    if (outcome?.config) outcome.config = config;
  };
  try {
    const response = await sender.request<unknown>({
      ...config,
      headers,
      transformRequest: [],
      transformResponse: [],
    });
    restore(response);
    return response;
  } catch (error) {
    restore(error as Partial<AxiosResponse>);
    restore((error as { response?: AxiosResponse }).response);
    throw error;
  }
}

function isStream(data: unknown): boolean {
  const { pipe, getReader } = Object(data) as { pipe?: unknown; getReader?: unknown };
  return !!(pipe ?? getReader);
}

/**
 * A stream could not be read by anybody else then; its header says that it is about the token, and
 * the server says the rest when it is asked for another.
 */
async function problemIn({
  status,
  headers,
  data,
}: AxiosResponse<unknown>): Promise<Problem | undefined> {
  if (status !== 401) return undefined;
  if (isStream(data))
    return String(headers['www-authenticate']).includes('invalid_token')
      ? { code: 'token_invalid' satisfies ErrorCode }
      : undefined;
  try {
    const problem = JSON.parse(
      typeof data === 'string' ? data : await new Response(data as BodyInit).text(),
    ) as Problem;
    return problem.code ? problem : undefined;
  } catch {
    return undefined;
  }
}

function headOf({ request, status, headers }: AxiosResponse, sentTo: string): ResponseHead {
  const { responseURL, res } = Object(request) as {
    responseURL?: string;
    res?: { responseUrl?: string };
  };
  return {
    url: responseURL || res?.responseUrl || sentTo,
    status,
    headers: headers as ResponseHead['headers'],
  };
}
