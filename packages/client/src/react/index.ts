'use client';

export { AuthProvider, type AuthProviderProps } from './auth-provider.js';
export { SignedIn, type SignedInOrOutProps, SignedOut } from './signed-in-or-out.js';
export { type Auth, useAuth } from './use-auth.js';
export { useUser } from './use-user.js';
