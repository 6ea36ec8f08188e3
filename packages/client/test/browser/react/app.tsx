import { lazy, type ReactElement, StrictMode, Suspense, useEffect, useState } from 'react';
import type { AuthClient, Snapshot, User } from '../../../src/core/index.js';
import {
  type Auth,
  AuthProvider,
  SignedIn,
  SignedOut,
  useAuth,
  useUser,
} from '../../../src/react/index.js';

interface AppProps {
  readonly client: AuthClient;
  readonly initialSession?: Snapshot | undefined;
  /** A part that is there later than the rest. */
  readonly late?: Promise<unknown>;
  onShow?(status: string): void;
  onAuth?(auth: Auth): void;
  onUser?(user: User | null | undefined): void;
  /** Is given what renders everything again. */
  onMount?(renderAgain: () => void): void;
}

export function App({ client, initialSession, onMount, ...page }: AppProps): ReactElement {
  const [count, setCount] = useState(0);
  const [children] = useState(() => pageOf(page));
  useEffect(() => onMount?.(() => setCount((before) => before + 1)), [onMount]);
  return (
    <StrictMode>
      <p id="count">{count}</p>
      <AuthProvider client={client} initialSession={initialSession && { ...initialSession }}>
        {children}
      </AuthProvider>
    </StrictMode>
  );
}

function pageOf({ late = Promise.resolve(), ...told }: Omit<AppProps, 'client'>): ReactElement {
  const Late = lazy(() => late.then(() => ({ default: () => <Status id="late" /> })));
  return (
    <>
      <Status id="status" {...told} />
      <SignedIn>
        <p id="in">Welcome back</p>
      </SignedIn>
      <SignedOut>
        <p id="out">Please sign in</p>
      </SignedOut>
      <Suspense fallback="…">
        <Late />
      </Suspense>
    </>
  );
}

function Status({
  id,
  onShow,
  onAuth,
  onUser,
}: { id: string } & Pick<AppProps, 'onShow' | 'onAuth' | 'onUser'>): ReactElement {
  const auth = useAuth();
  const user = useUser();
  const text = `${auth.status}: ${user === null ? 'nobody' : (user?.email ?? 'unknown')}`;
  onShow?.(text);
  useEffect(() => onAuth?.(auth), [auth, onAuth]);
  useEffect(() => onUser?.(user), [user, onUser]);
  return <output id={id}>{text}</output>;
}
