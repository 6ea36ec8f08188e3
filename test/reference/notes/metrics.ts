/**
 * What the documents say of a metric besides its help. Links are relative to the root of the
 * repository.
 */
export const METRIC_NOTES: Readonly<Record<string, string>> = {
  evergreen_logins_total:
    '`outcome` is `granted`, `refused` (4xx) or `failed` (5xx); `cause` is `password`, or the code of the problem.',
  evergreen_refreshes_total:
    '`outcome` as for logins; `cause` is `rotated`, `replayed` or `reissued` if it was granted.',
  evergreen_renewals_total: 'The header is `X-New-Token`.',
  evergreen_failed_proofs_total:
    'The key is that of a [bound session](docs/bound-sessions.md); sign-ins count, too. The reason `stale` is only a wrong clock.',
  evergreen_refresh_token_age_seconds:
    'If none is older than a day, `REFRESH_TOKEN_EXPIRE_DAYS` can be shorter.',
  evergreen_http_request_duration_seconds:
    '`route` is the template, `none` if there is no such route. Streams of the [feed](docs/feed.md) are not counted: they last until their listener leaves.',
  evergreen_rate_limited_requests_total:
    'Limits are `refresh`, `unknown_token`, `login`, `login_network`, `login_failures`, `admin`, `service` (wrong tokens of operators and of other services), `mail` (mails to one address), `export` (of one’s data).',
  evergreen_limits_redis_up: 'Only with `REDIS_URL`.',
  evergreen_revocation_feed_state: 'States are `loading`, `live` and `stale`.',
  evergreen_revocation_feed_lag_seconds: 'Normally about 1, and `stale` from 4 on.',
  evergreen_revocation_announcements_total: 'Results are `done` and `failed`.',
  evergreen_revocations_in_memory: 'Above 500,000 the feed is `stale`.',
  evergreen_feed_listeners:
    '`service` is the name of the token of the [feed](docs/feed.md); at most 1,000 streams for each instance.',
  evergreen_feed_listeners_refused_total:
    'They got 503; reasons are `full`, `draining`, `not_live` (this instance has lost the database).',
  evergreen_feed_listeners_cut_total:
    'Reasons are `too_slow` (more than 1 MB was waiting), `no_progress` (ten seconds without reading in the snapshot), `failed`.',
  evergreen_feed_snapshots_total: 'The sources are `database` and `memory`.',
  evergreen_database_connections: 'States are `idle` and `in_use`.',
  evergreen_database_connections_max: 'The variable is `DATABASE_POOL_SIZE`.',
  evergreen_database_waiting_requests: 'Above 50 for each connection, requests get 503.',
  evergreen_clock_offset_seconds:
    'All instances [follow](docs/operations/clocks.md) the latter. Negative if the system clock is behind.',
  evergreen_security_events_total: '[All types](docs/security-events.md#types).',
  evergreen_security_webhooks_total: 'Results are `delivered` and `lost`.',
  evergreen_mails_total: 'Results are `sent`, `postponed` (tried again) and `failed` (given up).',
  evergreen_mails_waiting: 'The same on every instance.',
  evergreen_sweeps_total:
    'There is one every ten minutes on every instance; results are `done` and `failed`.',
};
