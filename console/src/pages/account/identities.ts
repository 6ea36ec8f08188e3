import { BASE_PATH } from '../../base.js';
import { api } from '../../client/api.js';
import { ignoringGone } from '../../client/sessions.js';
import { PAGES } from '../../pages.js';

/** An identity of a login provider, by which its user can sign in. */
export interface Identity {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly created_at: string;
}

/** The identities of the user, the oldest first. */
export async function listIdentities(signal: AbortSignal): Promise<Identity[]> {
  const path = '/api/auth/identities';
  return (await api<{ identities: Identity[] }>(path, { signal })).identities;
}

/** Begins to link an identity: resolves with the URL of the provider, which leads back here. */
export async function beginToLink(provider: string, current_password: string): Promise<string> {
  const body = { provider, current_password, return_to: BASE_PATH + PAGES.account };
  const path = '/api/auth/identities';
  return (await api<{ location: string }>(path, { method: 'POST', body })).location;
}

/** Unlinks an identity. One that is gone already is no error. */
export async function unlink({ id }: Identity): Promise<void> {
  await ignoringGone(api(`/api/auth/identities/${encodeURIComponent(id)}`, { method: 'DELETE' }));
}
