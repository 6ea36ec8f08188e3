import type { AuthClient, Snapshot, User } from '@evergreen-auth/client';
import { computed, type ComputedRef, onScopeDispose, type ShallowRef, shallowRef } from 'vue';

/** What is known of the session, as refs of the component or scope that calls it. */
export function useAuth(client: AuthClient): {
  snapshot: Readonly<ShallowRef<Snapshot>>;
  user: ComputedRef<User | null>;
} {
  const snapshot = shallowRef(client.getSnapshot());
  onScopeDispose(client.subscribe(() => (snapshot.value = client.getSnapshot())));
  const user = computed(() =>
    snapshot.value.status === 'authenticated' ? snapshot.value.user : null,
  );
  return { snapshot, user };
}
