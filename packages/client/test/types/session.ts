/** What an application may write of a session, and what it must not: `npm run typecheck` reads it. */
import {
  type AuthClient,
  createAuthClient,
  type SignedOutReason,
  type Snapshot,
  type User,
} from '@evergreen-auth/client';
import { type Auth, AuthProvider, useAuth, useUser } from '@evergreen-auth/client/react';
import { sessionFrom } from '@evergreen-auth/client/server';
import { same } from './same.js';

export function Orders(): unknown {
  const { user, expiresAt, degraded, reason, client, login } = useAuth();
  same<typeof user, User | undefined>(true);
  same<typeof expiresAt, number | undefined>(true);
  same<typeof degraded, 'offline' | 'server' | 'throttled' | undefined>(true);
  same<typeof reason, SignedOutReason | undefined>(true);
  same<typeof client, AuthClient>(true);
  same<typeof login, AuthClient['login']>(true);
  // @ts-expect-error: nobody may be signed in
  void user.email;
  // @ts-expect-error: there is no such thing
  void useAuth().refreshToken;
  return { user, expiresAt, degraded, reason, client, login };
}

/** `Auth` and `Snapshot` can be told apart in the same ways. */
export function tellApart(seen: Auth | Snapshot): void {
  if (seen.status === 'authenticated') {
    same<typeof seen.user, User>(true);
    same<typeof seen.expiresAt, number>(true);
    // @ts-expect-error: it is never there at once with a user
    same<typeof seen.reason, SignedOutReason>(true);
  } else same<typeof seen.user, undefined>(true);
  if (seen.status === 'unauthenticated') same<typeof seen.reason, SignedOutReason>(true);
  if (seen.user) same<typeof seen.status, 'authenticated'>(true);
  if (seen.reason) same<typeof seen.status, 'unauthenticated'>(true);
  // @ts-expect-error: no such status
  if (seen.status === 'expired') return;
  // @ts-expect-error: a snapshot is replaced, never changed
  seen.status = 'loading';
}

export function withoutReact(): string {
  const { status, user, reason } = createAuthClient().getSnapshot();
  same<typeof user, User | undefined>(true);
  return user?.first_name ?? reason ?? status;
}

/** Exhaustive: a status that is new here is an error. */
export function show(snapshot: Snapshot): string {
  switch (snapshot.status) {
    case 'loading':
    case 'locked':
      return '…';
    case 'authenticated':
      return snapshot.user.email;
    case 'unauthenticated':
      return snapshot.reason;
  }
}

export const sessions: Snapshot[] = [
  { status: 'loading' },
  { status: 'locked' },
  { status: 'unauthenticated', reason: 'none' },
  { status: 'authenticated', user: { id: '1', email: 'ada@example.com' }, expiresAt: 0 },
  // @ts-expect-error: of whom?
  { status: 'authenticated', expiresAt: 0 },
  // @ts-expect-error: nobody is signed in
  { status: 'loading', user: { id: '1', email: 'ada@example.com' } },
];

export async function layout(request: Request, client: AuthClient): Promise<unknown> {
  const initialSession = await sessionFrom(request, { baseUrl: 'https://api.example.com' });
  same<typeof initialSession, Snapshot>(true);
  // @ts-expect-error: on a server there is no page whose origin would do
  void sessionFrom(request, {});
  return [
    AuthProvider({ client, initialSession }),
    AuthProvider({ client, initialSession: undefined }),
    // @ts-expect-error: the client is missing
    AuthProvider({ initialSession }),
  ];
}

export function Name(): string {
  const user = useUser();
  same<typeof user, User | null | undefined>(true);
  return user?.email ?? '';
}
