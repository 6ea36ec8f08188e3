import type { FakeClock, Interference } from '../../src/testing/index.js';
import type { Random } from '../../../../test/support/random.js';

/** Even on a fair day something goes wrong now and then; never on a `clear` one. */
export type Weather = 'clear' | 'fair' | 'bad' | 'outage' | 'offline';

/** What lies between the device and the server, and what the server does on a bad day. */
export class Network {
  weather: Weather = 'fair';
  faults = 0;
  /** Raised when the device sleeps or its network goes: connections do not outlive that. */
  private era = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly random: Random,
    private readonly note: (event: string) => void,
  ) {}

  breakConnections(): void {
    this.era++;
  }

  readonly interfere: Interference = async (serve, request) => {
    const { era } = this;
    if (this.weather === 'offline') return this.break('offline', request, 50);

    await this.wait(this.delayMs());
    if (era !== this.era) return this.break('connection gone', request);
    if (this.weather === 'outage') return this.outage(request);
    if (this.happens(0.1)) return this.break('request lost', request, 2_000);

    let response = await serve();
    if (this.happens(0.1)) response = await this.again(response, serve, request);
    if (this.happens(0.15)) return this.break('answer lost', request, 2_000);
    if (this.happens(0.05)) return this.hang(request);
    await this.wait(this.delayMs());
    if (era !== this.era && this.random.chance(0.5)) return this.break('answer gone', request);
    return response;
  };

  private happens(probability: number): boolean {
    const share = { clear: 0, fair: 0.01, bad: 1, outage: 1, offline: 1 }[this.weather];
    return this.random.chance(probability * share);
  }

  /**
   * Up to 9 seconds, which is longer than a client waits: its request is carried out when it has
   * given up.
   */
  private delayMs(): number {
    return this.happens(0.2) ? this.random.between(500, 9_000) : this.random.between(5, 100);
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimer(resolve, milliseconds));
  }

  private async break(event: string, request: Request, afterMs = 0): Promise<never> {
    this.fault(event, request);
    await this.wait(this.random.between(0, afterMs));
    throw new TypeError('fetch failed');
  }

  private hang(request: Request): Promise<never> {
    this.fault('hang', request);
    return new Promise(() => {});
  }

  /** Sent on another connection, by browser or proxy: either answer comes through. */
  private async again(
    first: Response,
    serve: () => Promise<Response>,
    request: Request,
  ): Promise<Response> {
    this.fault('duplicate', request);
    await this.wait(this.random.between(0, 3_000));
    const second = await serve();
    return this.random.chance(0.5) ? first : second;
  }

  private async outage(request: Request): Promise<Response> {
    const html = { 'Content-Type': 'text/html' };
    const { status, headers, body } = this.random.pick<{
      status: number;
      headers?: Record<string, string>;
      body?: string;
    }>([
      { status: 200, headers: html, body: '<h1>Sign in to the Wi-Fi</h1>' },
      { status: 200, body: '' },
      { status: 302, headers: { Location: 'https://wifi.example.test/login' } },
      { status: 401, headers: html, body: '<h1>Proxy authentication</h1>' },
      { status: 403, headers: html, body: '<h1>Blocked</h1>' },
      { status: 404, headers: html, body: '<h1>No such site</h1>' },
      { status: 429, headers: { 'Retry-After': String(this.random.whole(1, 120)) } },
      {
        status: 429,
        ...problem('rate_limited', 429, 'true'),
        headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '7' },
      },
      { status: 500, ...problem('internal_error', 500, 'false') },
      { status: 502, headers: html, body: '<h1>Bad gateway</h1>' },
      { status: 503, ...problem('service_unavailable', 503, 'true') },
      { status: 503, headers: { 'Retry-After': '3600' } },
      { status: 504 },
      // As if the session were over, but with no 401.
      { status: 500, ...problem('session_revoked', 500, 'false', 'true') },
    ]);
    this.fault(`${status} ${body?.slice(0, 30) ?? ''}`, request);
    await this.wait(this.delayMs());
    return new Response(body, { status, headers });
  }

  private fault(event: string, { method, url }: Request): void {
    this.faults++;
    this.note(`${event}: ${method} ${new URL(url).pathname}`);
  }
}

function problem(code: string, status: number, retryable: string, clear = 'false') {
  const body = `{"code":"${code}","status":${status},"retryable":${retryable},"clear_credentials":${clear}}`;
  return { body, headers: { 'Content-Type': 'application/problem+json' } };
}
