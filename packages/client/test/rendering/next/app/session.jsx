'use client';

import { createAuthClient } from '@evergreen-auth/client';
import { keepAccessCookie } from '@evergreen-auth/client/access-cookie';
import { AuthProvider } from '@evergreen-auth/client/react';

// Next loads this file again when it has changed, and a second client would refresh beside the
// first.
const client = (globalThis.authClient ??= begin());

function begin() {
  const client = createAuthClient({ baseUrl: process.env.NEXT_PUBLIC_AUTH_URL });
  keepAccessCookie(client);
  return client;
}

export function Session({ initialSession, children }) {
  return (
    <AuthProvider client={client} initialSession={initialSession}>
      {children}
    </AuthProvider>
  );
}
