import { setTimeout as pause } from 'node:timers/promises';
import { Api, refreshTokenOf, type ApiResponse } from './api.js';

/** A signed-in user, with their current tokens. */
export interface TrafficClient {
  api: Api;
  accessToken: string;
  refreshToken: string;
}

interface TrafficResponse {
  readonly isRefresh: boolean;
  readonly status: number;
  readonly code?: string;
  readonly retryAfter: string | null;
  readonly ms: number;
  /** When it arrived, by `performance.now()`. */
  readonly at: number;
}

/** Clients that refresh and read until they are stopped, and record each response. */
export function sendTraffic(clients: readonly TrafficClient[]) {
  const responses: TrafficResponse[] = [];
  const over = new AbortController();
  const note = async <Body>(
    request: Promise<ApiResponse<Body>>,
    isRefresh: boolean,
  ): Promise<ApiResponse<Body>> => {
    const begin = performance.now();
    const response = await request;
    const { status, body, headers } = response;
    const at = performance.now();
    responses.push({
      isRefresh,
      status,
      code: body.code,
      retryAfter: headers.get('retry-after'),
      ms: at - begin,
      at,
    });
    return response;
  };
  const work = Promise.all(
    clients.map(async (client) => {
      while (!over.signal.aborted) {
        const refreshed = await note(client.api.refresh(client.refreshToken), true);
        if (refreshed.status === 200) {
          client.refreshToken = refreshTokenOf(refreshed.body);
          client.accessToken = refreshed.body.access_token;
        }
        await note(client.api.me(client.accessToken), false);
        await pause(20);
      }
    }),
  );
  return {
    responses,
    /** Each kind of response once: its status and, if there is one, its code. */
    kinds: () =>
      [
        ...new Set(responses.map(({ status, code }) => [status, code].filter(Boolean).join(' '))),
      ].sort(),
    end: async () => {
      over.abort();
      await work;
    },
  };
}

/** Registers `count` new users. */
export async function signIn(url: string, count: number): Promise<TrafficClient[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const api = new Api(url);
      const signedIn = await api.register();
      return { api, accessToken: signedIn.access_token, refreshToken: refreshTokenOf(signedIn) };
    }),
  );
}
