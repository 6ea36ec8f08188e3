import type { AuthClock } from '../../src/core/index.js';

const LIFETIME_SECONDS = 1800;

/** Lets everything that waits for nothing but its turn go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** Time that passes only when it is told to. */
export class ManualClock implements AuthClock {
  private millis = Date.UTC(2026, 0, 1);
  private asleep = 0;
  private readonly timers = new Set<{ callback: () => void; at: number }>();

  now(): number {
    return this.millis;
  }

  monotonic(): number {
    return this.millis - this.asleep;
  }

  setTimer(callback: () => void, milliseconds: number): () => void {
    // Whole milliseconds, or a fraction that is lost beside so large a number would make time stand
    // still.
    const timer = { callback, at: this.monotonic() + Math.ceil(milliseconds) };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  async pass(seconds: number): Promise<void> {
    const end = this.monotonic() + seconds * 1000;
    await settle();
    for (;;) {
      const next = [...this.timers]
        .filter(({ at }) => at <= end)
        .sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.timers.delete(next);
      this.millis += Math.max(0, next.at - this.monotonic());
      next.callback();
      await settle();
    }
    this.millis += end - this.monotonic();
  }

  /** The device sleeps: the calendar goes on, the monotonic clock and all timers stand still. */
  sleep(seconds: number): void {
    this.millis += seconds * 1000;
    this.asleep += seconds * 1000;
  }
}

/**
 * As much of a server as a session needs: the last refresh token and its successor are good, any
 * older one ends the session.
 */
export class SmallServer {
  readonly asked: string[] = [];
  refreshes = 0;
  isReachable = true;
  isUserBlocked = false;
  /** What every answer waits for before it is on its way. */
  beforeAnswer: () => Promise<void> = async () => {};
  private sessions = 0;
  private readonly confirmed = new Map<string, number>();

  constructor(private readonly clock: AuthClock) {}

  readonly fetch = async (
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> => {
    const path = new URL(input as string).pathname;
    this.asked.push(path);
    if (!this.isReachable) throw new TypeError('Network request failed');
    const response = this.answer(
      path,
      new Headers(init.headers).get('Authorization')?.slice('Bearer '.length),
    );
    await this.beforeAnswer();
    return response;
  };

  private answer(path: string, token: string | undefined): Response {
    if (path === '/api/auth/login') return this.tokens(`session-${++this.sessions}`, 0);
    if (path === '/api/auth/refresh') return this.refreshed(token);
    if (path === '/api/auth/logout') return new Response(null, { status: 204 });
    return Response.json({ valid: true });
  }

  private refreshed(token = ''): Response {
    const { sid, generation } = JSON.parse(atob(token.split('.')[1] ?? '')) as {
      sid: string;
      generation: number;
    };
    const confirmed = this.confirmed.get(sid) ?? 0;
    if (this.isUserBlocked) return refusal('session_revoked');
    if (generation < confirmed) return refusal('refresh_reuse_detected');
    this.confirmed.set(sid, generation);
    this.refreshes++;
    return this.tokens(sid, generation + 1);
  }

  private tokens(sid: string, generation: number): Response {
    const token = `e30.${btoa(JSON.stringify({ sid, generation, iat: Math.floor(this.clock.now() / 1000) }))}.c2ln`;
    return Response.json({
      access_token: token,
      refresh_token: token,
      expires_in: LIFETIME_SECONDS,
      session_id: sid,
      user: { id: 'user', email: 'user@example.com' },
    });
  }
}

function refusal(code: string): Response {
  const body = { title: 'The session is over.', code, clear_credentials: true };
  return new Response(JSON.stringify(body), {
    status: 401,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
