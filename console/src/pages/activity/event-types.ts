import type { TextKey } from '../../texts/en.js';

/** What an event is about. */
export type EventTopic = 'signIns' | 'sessions' | 'account' | 'system';

/** `unusual` is what an honest client rarely causes, `failed` an attempt without success. */
export type EventWeight = 'usual' | 'failed' | 'unusual';

export interface EventType {
  readonly topic: EventTopic;
  readonly weight: EventWeight;
  /** A sentence. */
  readonly text: TextKey;
}

const type = (topic: EventTopic, text: TextKey, weight: EventWeight = 'usual'): EventType => ({
  topic,
  weight,
  text,
});

/** Every type of event that the server records. A test compares them with the server's. */
export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  registered: type('account', 'event.registered'),
  login_succeeded: type('signIns', 'event.login_succeeded'),
  login_failed: type('signIns', 'event.login_failed', 'failed'),
  logout: type('sessions', 'event.logout'),
  logout_all: type('sessions', 'event.logout_all'),
  session_ended: type('sessions', 'event.session_ended'),
  password_changed: type('account', 'event.password_changed'),
  password_change_failed: type('account', 'event.password_change_failed', 'failed'),
  password_reset: type('account', 'event.password_reset'),
  address_verified: type('account', 'event.address_verified'),
  address_taken_over: type('account', 'event.address_taken_over'),
  address_change_requested: type('account', 'event.address_change_requested'),
  address_changed: type('account', 'event.address_changed'),
  address_change_undone: type('account', 'event.address_change_undone'),
  identity_linked: type('account', 'event.identity_linked'),
  identity_unlinked: type('account', 'event.identity_unlinked'),
  reauthenticated: type('sessions', 'event.reauthenticated'),
  reauthentication_failed: type('sessions', 'event.reauthentication_failed', 'failed'),
  roles_changed: type('account', 'event.roles_changed'),
  user_deactivated: type('account', 'event.user_deactivated'),
  user_reactivated: type('account', 'event.user_reactivated'),
  account_deleted: type('account', 'event.account_deleted'),
  sessions_ended_by_operator: type('sessions', 'event.sessions_ended_by_operator'),
  mail_failed: type('account', 'event.mail_failed', 'failed'),
  old_token_by_holder: type('sessions', 'event.old_token_by_holder'),
  network_changed: type('sessions', 'event.network_changed'),
  admin_denied: type('system', 'event.admin_denied', 'unusual'),
  service_denied: type('system', 'event.service_denied', 'unusual'),
  proof_failed: type('sessions', 'event.proof_failed', 'unusual'),
  refresh_reuse_detected: type('sessions', 'event.refresh_reuse_detected', 'unusual'),
  refresh_rate_unusual: type('sessions', 'event.refresh_rate_unusual', 'unusual'),
  fingerprint_changed: type('sessions', 'event.fingerprint_changed', 'unusual'),
  new_device: type('signIns', 'event.new_device', 'unusual'),
  new_network: type('signIns', 'event.new_network', 'unusual'),
  network_fails_many_accounts: type('signIns', 'event.network_fails_many_accounts', 'unusual'),
  account_fails_from_many_networks: type(
    'signIns',
    'event.account_fails_from_many_networks',
    'unusual',
  ),
};

const UNKNOWN = type('system', 'event.unknown');

/** What is known of a type of event; one that the console does not know is shown, too. */
export function eventTypeOf(name: string): EventType {
  return Object.hasOwn(EVENT_TYPES, name) ? (EVENT_TYPES[name] ?? UNKNOWN) : UNKNOWN;
}

export const FILTERS = ['all', 'unusual', 'signIns', 'sessions', 'account'] as const;
export type Filter = (typeof FILTERS)[number];

/** The filter that a query names, such as `?show=unusual`; all events otherwise. */
export function filterOf(query: URLSearchParams): Filter {
  return FILTERS.find((filter) => filter === query.get('show')) ?? 'all';
}

/** True if a filter shows events of a type. What has failed is shown with the unusual. */
export function isShown(name: string, filter: Filter): boolean {
  const { topic, weight } = eventTypeOf(name);
  if (filter === 'all') return true;
  return filter === 'unusual' ? weight !== 'usual' : topic === filter;
}
