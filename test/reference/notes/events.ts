import type { SecurityEventType } from '../../../src/platform/events/index.js';

interface EventNote {
  /** What the documents say besides the meaning of the type. */
  readonly note?: string;
  /** The members of `details`. */
  readonly details?: string;
}

/** Links are relative to the root of the repository. */
export const EVENT_NOTES: Readonly<Partial<Record<SecurityEventType, EventNote>>> = {
  registered: { note: 'Its user is signed in.' },
  login_succeeded: {
    details: '`amr`: how they proved who they are (RFC 8176), such as `["pwd"]`',
  },
  login_failed: { details: '`unknown_account`, if the address is not registered' },
  logout_all: { details: '`sessions`: how many' },
  session_ended: {
    details:
      '`reason`: `ended_by_user`, with `by_session`; `ended_by_operator`, `refresh_rate_unusual`, or `too_many_sessions`, for the session unused for longest above `MAX_SESSIONS_PER_USER`',
  },
  reauthenticated: { details: '`amr`: how, by the names of RFC 8176, such as `pwd`' },
  reauthentication_failed: { note: 'The password, or another proof, was wrong.' },
  password_change_failed: {
    note: 'It was given to change the password or the address, to link an identity or to delete the account.',
  },
  address_taken_over: { note: '[Who keeps what](docs/accounts.md#who-keeps-what).' },
  identity_linked: {
    note: 'It is linked by its user, or by its first sign-in.',
    details: '`issuer`',
  },
  identity_unlinked: { details: '`issuer`' },
  user_deactivated: { details: '`sessions`: how many were ended' },
  roles_changed: {
    note: '[What roles are](docs/extending.md#roles).',
    details: '`added`, `removed`: their names',
  },
  account_deleted: {
    note: 'It has neither user, session, device nor network, so nobody sees it in a list. Listeners get `userId`; [more](docs/accounts.md#delete-an-account).',
    details: '`by`: `user` or `operator`; `sessions`: how many were ended',
  },
  sessions_ended_by_operator: {
    details: '`sessions`: how many; `begun_before`, if they were of all users',
  },
  mail_failed: {
    note: 'It was [given up](docs/mail.md#delivery).',
    details: '`kind`; `mail_id`, as in its `Message-ID`; `reason`: `refused` or `too_late`',
  },
  old_token_by_holder: {
    note: 'A session that is not [bound](docs/bound-sessions.md) would have ended.',
  },
  network_changed: {
    note: 'It is reported once a day for each network.',
    details: '`previous_network`',
  },
  admin_denied: { note: '[The routes of operators](docs/operations/repair.md#over-http).' },
  service_denied: { note: '[The routes of other services](docs/feed.md).' },
  proof_failed: {
    note: 'It is reported once a minute for each [bound session](docs/bound-sessions.md) and network; `evergreen_failed_proofs_total` counts all.',
    details: '`reason`, such as `missing` or `other_key`',
  },
  refresh_reuse_detected: { note: '[How it is found](docs/decisions/rotation.md).' },
  refresh_rate_unusual: { note: 'The limit is 20 reissued tokens within a minute.' },
  fingerprint_changed: { note: 'It is reported once a day for each client.' },
  new_network: {
    note: 'The limit is ten minutes.',
    details: '`previous_network`',
  },
  network_fails_many_accounts: { note: 'The limit is 20 accounts within ten minutes.' },
  account_fails_from_many_networks: {
    note: 'The limit is 10 networks within ten minutes.',
    details: '`unknown_account`',
  },
};
