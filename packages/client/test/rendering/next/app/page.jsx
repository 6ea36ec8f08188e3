'use client';

import { useAuth } from '@evergreen-auth/client/react';

export default function Page() {
  const { status, user, login, logout } = useAuth();

  function signIn(event) {
    event.preventDefault();
    return login(Object.fromEntries(new FormData(event.target)));
  }

  return (
    <>
      <p id="session">{TEXTS[status] ?? `Welcome back, ${user.email}`}</p>
      <form onSubmit={signIn}>
        <input name="email" aria-label="Email" />
        <input name="password" aria-label="Password" type="password" />
        <button>Sign in</button>
      </form>
      <button onClick={() => logout()}>Sign out</button>
    </>
  );
}

const TEXTS = {
  loading: 'One moment',
  locked: 'One moment',
  unauthenticated: 'Please sign in',
};
