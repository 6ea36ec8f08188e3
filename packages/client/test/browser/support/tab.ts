import type { Page } from 'playwright-core';
import { eventually } from '../../../../../test/support/eventually.js';
import type { Snapshot } from '../../../src/core/index.js';

/** A tab of the browser with a client in it. */
export class Tab {
  constructor(readonly page: Page) {}

  /** Until its client is. */
  async ready(): Promise<void> {
    await eventually(async () => this.page.evaluate(() => globalThis.isReady ?? false));
  }

  /** The status of the answer, or the code of what went wrong. */
  async request(
    path = '/api/users/me',
    init?: { method?: string; body?: string; timeoutMs?: number },
  ): Promise<number | string> {
    return this.page.evaluate(([to, how]) => request(to, how), [path, init] as const);
  }

  /** So many requests at once. */
  async requests(count: number): Promise<(number | string)[]> {
    return this.page.evaluate(
      (many) => Promise.all(Array.from({ length: many }, () => request('/api/users/me'))),
      count,
    );
  }

  async snapshot(): Promise<Snapshot> {
    return this.page.evaluate(() => client.getSnapshot());
  }

  /** What stands between it and the server, if anything does. */
  async degraded(): Promise<string | undefined> {
    const snapshot = await this.snapshot();
    return snapshot.status === 'authenticated' ? snapshot.degraded : undefined;
  }

  /** The token that the client would send now. */
  async token(): Promise<string> {
    return this.page.evaluate(() => client.getAccessToken());
  }

  /** Whether the token is still good or not. */
  async refresh(): Promise<string> {
    return this.page.evaluate(() => client.refreshToken());
  }

  async signOut(): Promise<void> {
    await this.page.evaluate(() => client.logout());
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.evaluate(([mail, word]) => client.login({ email: mail, password: word }), [
      email,
      password,
    ] as const);
  }

  /** What its listeners have heard of this event. */
  async heard(name: string): Promise<{ reason?: string }[]> {
    return this.page.evaluate((wanted) => events.filter((event) => event.name === wanted), name);
  }

  /** How many requests of this path its script has sent. */
  async sent(path: string): Promise<number> {
    return this.page.evaluate((wanted) => sent.filter((one) => one === wanted).length, path);
  }

  /** Until this is what the client shows. */
  async shows(status: Snapshot['status']): Promise<void> {
    await eventually(async () => (await this.snapshot()).status === status);
  }
}
