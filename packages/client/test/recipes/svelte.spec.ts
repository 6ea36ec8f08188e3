import { get } from 'svelte/store';
import { CREDENTIALS, useWorld } from './support.js';
import { sessionOf } from './svelte.js';

describe('sessionOf of Svelte', () => {
  const world = useWorld();

  it('follows the session while somebody looks, and is up to date for who comes later', async () => {
    const { client, clock } = world;
    const session = sessionOf(client);
    const seen: string[] = [];
    const stop = session.subscribe(({ status }) => void seen.push(status));
    await clock.settle();
    await client.login(CREDENTIALS);
    expect(seen).toEqual(['loading', 'unauthenticated', 'authenticated']);
    stop();
    await client.logout();
    expect(seen).toHaveLength(3);
    expect(get(session)).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });
});
