import { type EffectScope, effectScope, watch } from 'vue';
import { CREDENTIALS, useWorld } from './support.js';
import { useAuth } from './vue.js';

describe('useAuth of Vue', () => {
  const world = useWorld();
  let scope: EffectScope;
  beforeEach(() => (scope = effectScope()));
  afterEach(() => scope.stop());

  it('follows the session until its component is gone', async () => {
    const { client, clock } = world;
    const { snapshot, user } = scope.run(() => useAuth(client))!;
    const seen: unknown[] = [];
    scope.run(() => watch(user, (value) => seen.push(value?.email), { flush: 'sync' }));
    expect(snapshot.value).toEqual({ status: 'loading' });
    await clock.settle();
    expect(snapshot.value).toEqual({ status: 'unauthenticated', reason: 'none' });
    await client.login(CREDENTIALS);
    await client.logout();
    expect(seen).toEqual([CREDENTIALS.email, undefined]);
    scope.stop();
    await client.login(CREDENTIALS);
    expect(user.value).toBeNull();
  });
});
