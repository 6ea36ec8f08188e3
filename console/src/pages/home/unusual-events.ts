/** The events of an account that its user should look at. */
export const UNUSUAL = [
  'new_device',
  'new_network',
  'fingerprint_changed',
  'proof_failed',
  'refresh_reuse_detected',
  'refresh_rate_unusual',
  'account_fails_from_many_networks',
  'address_taken_over',
] as const;

export type UnusualType = (typeof UNUSUAL)[number];

export interface ListedEvent {
  readonly type: string;
  readonly occurred_at: string;
  readonly device_name: string | null;
}

/** The newest unusual one of events that are sorted, the newest first. */
export function lastUnusual(
  events: readonly ListedEvent[],
): (ListedEvent & { readonly type: UnusualType }) | undefined {
  return events.find((event): event is ListedEvent & { readonly type: UnusualType } =>
    UNUSUAL.some((type) => type === event.type),
  );
}
