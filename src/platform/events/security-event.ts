/**
 * All types of security events, by their stable names, each with the stable name of its line in the
 * log. An anomaly is also reported to the operators if `ANOMALY_ACTION` is `notify`.
 */
export const SECURITY_EVENTS = {
  registered: { line: 'auth.register.succeeded', meaning: 'The account was created.' },
  login_succeeded: { line: 'auth.login.succeeded', meaning: 'Somebody signed in.' },
  login_failed: {
    line: 'auth.login.failed',
    meaning: 'Somebody tried to sign in, and failed.',
    isFailure: true,
  },
  logout: { line: 'auth.logout.one', meaning: 'A session was ended by a token of its own.' },
  logout_all: { line: 'auth.logout.all', meaning: 'All sessions were ended.' },
  session_ended: {
    line: 'auth.session.ended',
    meaning: 'One session was ended, by its user from another one or by the server.',
  },
  password_changed: {
    line: 'auth.password.changed',
    meaning: 'The password was changed; all other sessions ended.',
  },
  password_change_failed: {
    line: 'auth.password.change_failed',
    meaning: 'Somebody who was signed in gave a wrong current password.',
    isFailure: true,
  },
  reauthenticated: {
    line: 'auth.session.reauthenticated',
    meaning: 'The user of a session proved again who they are; its older tokens are void.',
  },
  reauthentication_failed: {
    line: 'auth.session.reauthentication_failed',
    meaning: 'Somebody who was signed in could not prove again who they are.',
    isFailure: true,
  },
  password_reset: {
    line: 'auth.password.reset',
    meaning: 'The password was set anew by a mailed link or code; all sessions ended.',
  },
  address_verified: {
    line: 'auth.address.verified',
    meaning: 'Somebody who reads its mail has proved the address.',
  },
  address_taken_over: {
    line: 'auth.address.taken_over',
    meaning:
      'Somebody else than who had registered proved the address for the first time; the password was removed, and all sessions ended.',
  },
  address_change_requested: {
    line: 'auth.address.change_requested',
    meaning: 'Somebody who was signed in asked for another address.',
  },
  address_changed: { line: 'auth.address.changed', meaning: 'The new address replaced the old.' },
  address_change_undone: {
    line: 'auth.address.change_undone',
    meaning:
      'The old address was restored by its mail; the password was removed, and all sessions ended.',
  },
  identity_linked: {
    line: 'auth.identity.linked',
    meaning: 'An identity of a login provider was linked; its owner can sign in by it.',
  },
  identity_unlinked: {
    line: 'auth.identity.unlinked',
    meaning: 'An identity of a login provider was unlinked.',
  },
  user_deactivated: {
    line: 'auth.user.deactivated',
    meaning: 'The user was barred from signing in; all sessions ended.',
  },
  user_reactivated: { line: 'auth.user.reactivated', meaning: 'The user may sign in again.' },
  roles_changed: {
    line: 'auth.user.roles_changed',
    meaning: 'Roles were given to the user, or taken away.',
  },
  account_deleted: {
    line: 'auth.account.deleted',
    meaning: 'An account was deleted. The record does not say whose.',
    isWithoutUser: true,
  },
  sessions_ended_by_operator: {
    line: 'auth.admin.sessions_ended',
    meaning: 'An operator ended all sessions, of one user or of everybody.',
  },
  mail_failed: {
    line: 'auth.mail.failed',
    meaning: 'A mail to the user was refused, or could not be sent in time.',
    isFailure: true,
  },
  old_token_by_holder: {
    line: 'auth.refresh.old_token_by_holder',
    meaning:
      'A bound session was refreshed by an old token, with a proof of its key, such as after a backup was restored.',
  },
  network_changed: {
    line: 'auth.refresh.network_changed',
    meaning: 'A session was refreshed from another network than the last time.',
  },

  admin_denied: {
    line: 'auth.admin.denied',
    meaning: 'Somebody came to the routes of operators with a wrong token.',
    isAnomaly: true,
  },
  service_denied: {
    line: 'auth.service.denied',
    meaning: 'Somebody came to the routes of other services with a wrong token.',
    isAnomaly: true,
  },
  proof_failed: {
    line: 'auth.proof.failed',
    meaning:
      'Somebody presented a token of a bound session without a good proof of its key. Nothing was read or ended.',
    isAnomaly: true,
  },
  refresh_reuse_detected: {
    line: 'auth.refresh.reuse_detected',
    meaning: 'Two parties held tokens of one session; it was ended.',
    isAnomaly: true,
  },
  refresh_rate_unusual: {
    line: 'auth.refresh.rate_unusual',
    meaning: 'One session was given further refresh tokens far too often.',
    isAnomaly: true,
  },
  fingerprint_changed: {
    line: 'auth.refresh.fingerprint_changed',
    meaning: 'A session was refreshed by another client than the one that began it.',
    isAnomaly: true,
  },
  new_device: {
    line: 'auth.login.new_device',
    meaning: 'A sign-in came from a device that this user has never used.',
    isAnomaly: true,
  },
  new_network: {
    line: 'auth.login.new_network',
    meaning: 'A sign-in came from an unknown network, minutes after one from elsewhere.',
    isAnomaly: true,
  },
  network_fails_many_accounts: {
    line: 'auth.login.network_fails_many_accounts',
    meaning: 'From one network, sign-ins to many accounts failed.',
    isAnomaly: true,
  },
  account_fails_from_many_networks: {
    line: 'auth.login.account_fails_from_many_networks',
    meaning: 'Sign-ins to one account failed from many networks.',
    isAnomaly: true,
  },
} as const satisfies Record<
  string,
  { line: string; meaning: string; isAnomaly?: true; isFailure?: true; isWithoutUser?: true }
>;

export type SecurityEventType = keyof typeof SECURITY_EVENTS;

/** What some events have besides who, when and where. Names are those of the API. */
export interface SecurityEventDetails {
  /**
   * A keyed hash of an address that nobody has registered, so that attempts with the same address
   * can be found.
   */
  login_failed: { readonly unknown_account?: string };
  /** How the user has proved who they are (RFC 8176). */
  login_succeeded: { readonly amr: readonly string[] };
  logout_all: { readonly sessions: number };
  session_ended:
    | { readonly reason: 'ended_by_user'; readonly by_session: string }
    | { readonly reason: 'ended_by_operator' | 'refresh_rate_unusual' | 'too_many_sessions' };
  identity_linked: { readonly issuer: string };
  identity_unlinked: { readonly issuer: string };
  /** How it was proved, by the names of RFC 8176. */
  reauthenticated: { readonly amr: readonly string[] };
  user_deactivated: { readonly sessions: number };
  roles_changed: { readonly added: readonly string[]; readonly removed: readonly string[] };
  account_deleted: { readonly by: 'user' | 'operator'; readonly sessions: number };
  /** `begun_before` if the sessions of all users were ended. */
  sessions_ended_by_operator: { readonly sessions: number; readonly begun_before?: string };
  mail_failed: {
    readonly kind: string;
    /** Of the mail, as in its `Message-ID`. */
    readonly mail_id: string;
    readonly reason: 'refused' | 'too_late';
  };
  account_fails_from_many_networks: { readonly unknown_account?: string };
  /** Why the proof is bad; `missing` if there was none. */
  proof_failed: { readonly reason: string };
  new_network: { readonly previous_network: string };
  network_changed: { readonly previous_network: string };
}

export type DetailsOf<Type extends SecurityEventType> = Type extends keyof SecurityEventDetails
  ? SecurityEventDetails[Type]
  : Readonly<Record<string, never>>;

/**
 * An event as listeners receive it, and as it is recorded. It has no token, no password and no full
 * network address.
 */
export interface SecurityEvent<Type extends SecurityEventType = SecurityEventType> {
  /** UUID v7: later events of one instance have greater ids. */
  readonly id: string;
  readonly type: Type;
  readonly occurredAt: Date;
  /**
   * The `request_id` of the log; null if no request caused the event. It is not recorded.
   */
  readonly requestId: string | null;
  /**
   * Null if nobody has registered with the address that was tried, or if the event does not belong
   * to one account.
   */
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** Of the client, such as `203.0.113.0/24`. */
  readonly network: string | null;
  /** For people, such as "Firefox on Windows". */
  readonly deviceName: string | null;
  /** Distinguishes clients. It is not a secret, and proves nothing. */
  readonly fingerprint: string | null;
  readonly details: DetailsOf<Type>;
}

/** True for events that an honest client rarely causes. */
export function isAnomaly(type: SecurityEventType): boolean {
  return 'isAnomaly' in SECURITY_EVENTS[type];
}

/**
 * True for events that are recorded without their user. Listeners are told of the user, so that they
 * can delete what they keep about them.
 */
export function isWithoutUser(type: SecurityEventType): boolean {
  return 'isWithoutUser' in SECURITY_EVENTS[type];
}

/** True for events that are warnings in the log: anomalies, and attempts that failed. */
export function isWarning(type: SecurityEventType): boolean {
  return isAnomaly(type) || 'isFailure' in SECURITY_EVENTS[type];
}
