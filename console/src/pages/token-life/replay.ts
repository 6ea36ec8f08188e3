import { ApiError } from '../../client/api.js';
import { BASE_URL } from '../../base.js';

/** What the server has responded to one step of the experiment. */
export interface ReplayStep {
  readonly step: 'signedIn' | 'rotated' | 'insideWindow' | 'waiting' | 'afterWindow' | 'newest';
  /** How a refresh was granted, or the code with which it was refused. */
  readonly result?: string;
}

interface ReplayOptions {
  readonly email: string;
  readonly password: string;
  /** How long an old refresh token is still good. */
  readonly graceSeconds: number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

interface Tokens {
  readonly refresh_token: string;
}

/**
 * Begins a session of its own, whose refresh tokens script can read, and presents its first token
 * again: at once, and after the window. The session of the page is not touched.
 *
 * @throws ApiError where the sign-in is refused
 */
export async function* replayOldToken(options: ReplayOptions): AsyncGenerator<ReplayStep> {
  const { email, password, graceSeconds, wait } = options;
  const first = await post<Tokens>('login', { email, password, remember_me: false });
  yield { step: 'signedIn' };

  const second = await post<Tokens>('refresh', first.body);
  const third = await post<Tokens>('refresh', second.body);
  yield { step: 'rotated', result: third.outcome };

  yield { step: 'insideWindow', result: await resultOf(first.body) };

  yield { step: 'waiting' };
  await wait((graceSeconds + 1) * 1000);
  yield { step: 'afterWindow', result: await resultOf(first.body) };
  yield { step: 'newest', result: await resultOf(third.body) };
}

async function resultOf(presented: Tokens): Promise<string> {
  try {
    return (await post('refresh', presented)).outcome;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

/** Without cookies: those of the page belong to the session of the page. */
async function post<Body>(route: 'login' | 'refresh', body: object) {
  const response = await fetch(new URL(`api/auth/${route}`, BASE_URL), {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify('refresh_token' in body ? { refresh_token: body.refresh_token } : body),
  });
  if (!response.ok) throw await ApiError.from(response);
  const outcome = response.headers.get('X-Refresh-Outcome') ?? '';
  return { outcome, body: (await response.json()) as Body };
}
