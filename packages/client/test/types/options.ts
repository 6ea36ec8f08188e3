/**
 * Options may be given as `undefined`, also to a compiler with `exactOptionalPropertyTypes`: whoever
 * hands on options of their own has no other word for those that are not there. `npm run typecheck`
 * reads it.
 */
import {
  type AuthClient,
  type AuthClientOptions,
  type AuthRequestInit,
  type AuthStorage,
  type Credentials,
  createAuthClient,
  type RecordStore,
  type Registration,
  type StorageRead,
  type TokenDemand,
  type User,
} from '@evergreen-auth/client';
import { type MailedProof, resetPassword, verifyEmail } from '@evergreen-auth/client/account';
import { type AccessCookieOptions, keepAccessCookie } from '@evergreen-auth/client/access-cookie';
import { messageFor } from '@evergreen-auth/client/messages';
import type { AuthProviderProps } from '@evergreen-auth/client/react';
import {
  type keychainPrompt,
  type keychainStorage,
  type localAuthenticationPrompt,
  type refreshInBackground,
  type secureStoreStorage,
} from '@evergreen-auth/client/react-native';
import { sessionFrom, type SessionFromOptions } from '@evergreen-auth/client/server';
import { same } from './same.js';

/** The names of the members that may be missing, and may not be undefined. */
type NotUndefined<T> = {
  [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? Record<K, undefined> extends Pick<T, K>
      ? never
      : K
    : never;
}[keyof T];

type OptionsOf<F extends (...input: never[]) => unknown> = NonNullable<Parameters<F>[1]>;

same<NotUndefined<{ a: string; b?: string; c?: number | undefined }>, 'b'>(true);

same<NotUndefined<AuthClientOptions>, never>(true);
same<NotUndefined<Credentials>, never>(true);
same<NotUndefined<Registration>, never>(true);
same<NotUndefined<TokenDemand>, never>(true);
same<NotUndefined<NonNullable<Parameters<AuthClient['logout']>[0]>>, never>(true);
same<NotUndefined<Pick<AuthRequestInit, 'timeoutMs'>>, never>(true);
same<NotUndefined<User>, never>(true);
same<NotUndefined<AuthStorage>, never>(true);
same<NotUndefined<RecordStore>, never>(true);
same<NotUndefined<Extract<StorageRead, { kind: 'unavailable' }>>, never>(true);
same<NotUndefined<AccessCookieOptions>, never>(true);
same<NotUndefined<SessionFromOptions>, never>(true);
same<NotUndefined<MailedProof>, never>(true);
same<NotUndefined<AuthProviderProps>, never>(true);
same<NotUndefined<OptionsOf<typeof messageFor>>, never>(true);
same<NotUndefined<OptionsOf<typeof keychainPrompt>>, never>(true);
same<NotUndefined<OptionsOf<typeof keychainStorage>>, never>(true);
same<NotUndefined<OptionsOf<typeof localAuthenticationPrompt>>, never>(true);
same<NotUndefined<OptionsOf<typeof secureStoreStorage>>, never>(true);
same<NotUndefined<OptionsOf<typeof refreshInBackground>>, never>(true);

export async function use(client: AuthClient, remember: boolean | undefined): Promise<void> {
  await client.login({ email: 'a@example.com', password: 'secret', remember_me: remember });
  // @ts-expect-error: the names are those of the API
  await client.login({ email: 'a@example.com', password: 'secret', rememberMe: true });
  // @ts-expect-error: a password is needed
  await client.login({ email: 'a@example.com' });
  // @ts-expect-error: local or global
  await client.logout({ scope: 'everywhere' });
  await client.fetch('/api/orders', { method: 'POST', signal: null, timeoutMs: undefined });
  // @ts-expect-error: a token is awaited
  const token: string = client.getAccessToken();
  void token;
  // @ts-expect-error: no such event
  client.on('loggedOut', () => {});
  client.on('sessionExpired', ({ reason }) => messageFor({ code: reason }));
  await resetPassword(client, { token: 'x', code: undefined, new_password: 'secret' });
  await resetPassword(client, { email: 'a@example.com', code: '12345678', new_password: 'secret' });
  // @ts-expect-error: an address needs its code
  await resetPassword(client, { email: 'a@example.com', new_password: 'secret' });
  await verifyEmail(client, { code: '12345678' });
  // @ts-expect-error: a token or a code
  await verifyEmail(client, {});
  const stop: () => void = keepAccessCookie(client, { name: undefined });
  stop();
}

// @ts-expect-error: bearer or cookie
createAuthClient({ transport: 'header' });

export const pages: Promise<unknown>[] = [
  // As they are in Next.js, in Nuxt and SvelteKit, and in Node's own server.
  sessionFrom({ headers: new Headers() }, { baseUrl: 'https://api.example.com' }),
  sessionFrom(new Request('https://www.example.com'), { baseUrl: 'https://api.example.com' }),
  sessionFrom(
    { headers: { cookie: 'a=b', 'set-cookie': ['c=d'], host: undefined } },
    { baseUrl: 'https://api.example.com', fetch, logger: console },
  ),
];

messageFor(new Error('x'), { email_taken: 'Schon vergeben.', of_our_own: () => 'Nein.' });
// @ts-expect-error: a sentence
messageFor(new Error('x'), { email_taken: 404 });
