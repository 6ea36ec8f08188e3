import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as newId } from 'uuid';
import { createApp, type AppOptions } from '../app.setup.js';
import { configOf, type EvergreenOptions } from '../platform/config/index.js';
import { TestClock } from '../platform/clock/index.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { testOptions } from './test-options.js';

export interface TestAppOptions extends Omit<AppOptions, 'clock'> {
  /** Added to `testOptions`. */
  readonly options?: Partial<EvergreenOptions>;
  /** Another database than one that is started for this application. */
  readonly database?: TestDatabase;
}

export interface TestApp {
  readonly url: string;
  readonly clock: TestClock;
  readonly nest: NestFastifyApplication;
  /** Registers a user, by default a new one, over HTTP. */
  signUp(person?: { readonly email?: string; readonly password?: string }): Promise<SignedUp>;
  close(): Promise<void>;
}

/** A user who is signed in. */
export interface SignedUp {
  readonly user: { readonly id: string; readonly email: string };
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Starts the whole application, on a free port of the loopback interface. */
export async function startTestApp({
  options,
  database: given,
  ...others
}: TestAppOptions = {}): Promise<TestApp> {
  const database = given ?? (await startTestDatabase());
  const clock = new TestClock();
  const config = configOf({ ...testOptions(database.url), ...options });
  const nest = await createApp(config, { ...others, clock });
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  return {
    url,
    clock,
    nest,
    signUp: (person) => signUp(url, person),
    close: async () => {
      await nest.close();
      if (!given) await database.stop();
    },
  };
}

async function signUp(
  url: string,
  {
    email = `user-${newId()}@example.com`,
    password = 'violet-Harbor-73-lantern',
  }: { readonly email?: string; readonly password?: string } = {},
): Promise<SignedUp> {
  const response = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (response.status !== 201)
    throw new Error(`The registration was refused (${response.status}): ${await response.text()}`);
  const body = (await response.json()) as {
    user: SignedUp['user'];
    session_id: string;
    access_token: string;
    refresh_token: string;
  };
  return {
    user: body.user,
    sessionId: body.session_id,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
  };
}
