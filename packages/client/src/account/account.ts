import type { AuthClient, AuthError, User } from '../core/index.js';

/** What a mail brings. The names are those of the API. */
export interface MailedProof {
  /** From the fragment of the link's URL. */
  readonly token: string;
  /** Eight digits, needed where the server answers `code_invalid` to the token alone. */
  readonly code?: string | undefined;
}

export type PasswordReset = (MailedProof | { readonly email: string; readonly code: string }) & {
  readonly new_password: string;
};

/** A link, or the code of the user who is signed in. */
export type Verification = MailedProof | { readonly code: string };

export interface AddressChange {
  readonly new_email: string;
  /** Needed by a user who has a password. */
  readonly current_password?: string | undefined;
}

export interface AccountDeletion {
  /** Needed by a user who has a password. */
  readonly current_password?: string | undefined;
}

/** Everything that the server keeps about a user, as it answers. Later versions may add more. */
export interface AccountExport {
  readonly exported_at: string;
  readonly user: User;
  readonly [list: string]: unknown;
}

/** How long a token has to be good for, so that it is when it arrives. */
const ENOUGH = { minValiditySeconds: 10 };

/** It may be long. */
const EXPORT_TIMEOUT_MS = 60_000;

/**
 * Asks for a mail to set a new password. Resolves for an address without an account, too.
 *
 * Every function of this door rejects with an AuthError.
 */
export async function forgotPassword(client: AuthClient, email: string): Promise<void> {
  await client.call('/api/auth/forgot-password', { body: { email } });
}

/**
 * Sets a new password. Every session of the user ends, and a client that has one signs out; nobody is
 * signed in by it. Rejects with `link_invalid`, `code_invalid` or `password_unacceptable`.
 */
export async function resetPassword(client: AuthClient, reset: PasswordReset): Promise<void> {
  await client.call('/api/auth/reset-password', { body: reset });
  noticeEnd(client);
}

/**
 * Proves an address, and reloads the user who is signed in. Rejects with `link_invalid` or
 * `code_invalid`.
 *
 * `code_invalid` for a link without its code means that neither this browser asked for the mail nor
 * is the account signed in here. Offer to sign in first: with the code alone, the password is removed
 * and all sessions end, since it is not known that the same person has registered.
 */
export async function verifyEmail(client: AuthClient, proof: Verification): Promise<void> {
  await client.ready();
  // A link works without a session; for a code, the server says what is missing.
  const token = await client.getAccessToken(ENOUGH).catch(() => undefined);
  await client.call('/api/auth/verify-email', { body: proof, token });
  if (token) await client.reloadUser().catch(() => {});
}

/** Asks for another mail that proves the address of the user who is signed in. */
export async function sendVerification(client: AuthClient): Promise<void> {
  await callSignedIn(client, '/api/auth/send-verification', { body: {} });
}

/**
 * Asks for another address, which changes when the mail to it is used with `verifyEmail`. Resolves if
 * somebody else has it, too. Rejects with `current_password_invalid`; and for a user who has no
 * password with `reauthentication_required`, unless they have just proved who they are, or do so in
 * `onReauthenticate`.
 */
export async function changeEmail(client: AuthClient, change: AddressChange): Promise<void> {
  await callSignedIn(client, '/api/auth/change-email', { body: change });
}

/**
 * Restores the address from before a change. Every session of the user ends, and the password is
 * removed; the restored address gets a mail to set a new one.
 */
export async function undoEmailChange(client: AuthClient, proof: MailedProof): Promise<void> {
  await client.call('/api/auth/undo-email-change', { body: proof });
  noticeEnd(client);
}

/**
 * Deletes the account of the user who is signed in, for good, and signs out here with the reason
 * `signed_out`; on all other devices the session is `revoked`. Rejects as `changeEmail` does, and then
 * nothing has changed.
 */
export async function deleteAccount(
  client: AuthClient,
  proof: AccountDeletion = {},
): Promise<void> {
  await callSignedIn(client, '/api/auth/delete-account', { body: proof });
  await client.logout();
}

/** Everything that is kept about the user. At most five times an hour: `rate_limited`. */
export async function exportData(client: AuthClient): Promise<AccountExport> {
  const call = { method: 'GET', timeoutMs: EXPORT_TIMEOUT_MS } as const;
  return (await callSignedIn(client, '/api/users/me/export', call)) as AccountExport;
}

/**
 * As `client.fetch`: sends it once more with another token where the first was refused, or after the
 * user has proved again who they are.
 */
async function callSignedIn(
  client: AuthClient,
  path: string,
  call: Parameters<AuthClient['call']>[1],
): Promise<unknown> {
  const token = await client.getAccessToken(ENOUGH);
  const send = (by: string) => client.call(path, { ...call, token: by });
  return send(token).catch(async (error: unknown) => {
    const { status = 0, problem } = error as AuthError;
    const another = await client.handleResponse({ status, headers: new Map() }, problem, token);
    if (!another) throw error;
    return send(another);
  });
}

/** If the session here has ended by it, a refresh finds out. */
function noticeEnd(client: AuthClient): void {
  if (client.getCurrentUser()) client.refreshToken().catch(() => {});
}
