import { CREDENTIALS, newWorld } from '../../test/support/native-app.js';
import { CANCELLED, newPhone } from '../../test/support/phone.js';
import { settle } from '../../test/support/small-server.js';
import {
  appStateSource,
  biometricGate,
  keychainPrompt,
  keychainStorage,
  netInfoSource,
  refreshInBackground,
  secureStoreStorage,
} from './index.js';

async function signedInApp() {
  const [phone, world] = [newPhone(), newWorld()];
  const app = await world.openApp(keychainStorage(phone.Keychain));
  await app.client.login(CREDENTIALS);
  return { phone, ...world, app };
}

describe('appStateSource', () => {
  it('refreshes once when the app comes to the front after hours', async () => {
    const { phone, clock, server, app } = await signedInApp();
    const stop = appStateSource(app.client, phone.AppState);
    phone.appState('background');
    clock.sleep(8 * 3600);
    phone.appState('active');
    await settle();
    expect(server.refreshes).toBe(1);
    expect(app.status()).toBe('authenticated');
    stop();
  });

  it('asks nothing of the server when the app was away for a moment', async () => {
    const { phone, clock, server, app } = await signedInApp();
    appStateSource(app.client, phone.AppState);
    for (let times = 0; times < 10; times++) {
      phone.appState('inactive');
      clock.sleep(5);
      phone.appState('active');
      await settle();
    }
    expect(server.asked).toEqual(['/api/auth/login']);
  });

  it('ends where it is stopped', async () => {
    const { phone, clock, server, app } = await signedInApp();
    appStateSource(app.client, phone.AppState)();
    clock.sleep(8 * 3600);
    phone.appState('active');
    await settle();
    expect(server.refreshes).toBe(0);
  });
});

describe('netInfoSource', () => {
  it('is silent without a network, and refreshes once when it is back', async () => {
    const { phone, clock, server, app } = await signedInApp();
    netInfoSource(app.client, phone.NetInfo);
    phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
    await clock.pass(3600);
    expect(server.asked).toEqual(['/api/auth/login']);
    expect(app.client.getSnapshot()).toMatchObject({
      status: 'authenticated',
      degraded: 'offline',
    });
    phone.network({});
    await clock.pass(2);
    expect(server.refreshes).toBe(1);
    expect(app.client.getSnapshot()).toMatchObject({
      status: 'authenticated',
      degraded: undefined,
    });
  });

  it('refreshes no more often for a network that comes and goes', async () => {
    const { phone, clock, server, app } = await signedInApp();
    netInfoSource(app.client, phone.NetInfo);
    await clock.pass(1799);
    const refreshes = server.refreshes;
    for (let times = 0; times < 20; times++) {
      phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
      phone.network({ isInternetReachable: null });
      phone.network({});
    }
    await clock.pass(5);
    expect(server.refreshes).toBe(refreshes);
    expect(app.status()).toBe('authenticated');
  });

  it('tells of news alone', () => {
    const phone = newPhone();
    const told: string[] = [];
    const stop = netInfoSource({ notify: (change) => told.push(change) }, phone.NetInfo);
    phone.network({});
    phone.network({ type: 'unknown', isConnected: null, isInternetReachable: null });
    phone.network({ isInternetReachable: null });
    expect(told).toEqual([]);
    phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
    phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
    phone.network({ isInternetReachable: null });
    phone.network({});
    expect(told).toEqual(['offline', 'online']);
    stop();
    phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
    expect(told).toEqual(['offline', 'online']);
  });

  it('does not count a network as none where only the host that NetInfo probes is out of reach, and tries again when it no longer is', () => {
    const phone = newPhone();
    const told: string[] = [];
    netInfoSource({ notify: (change) => told.push(change) }, phone.NetInfo);
    phone.network({ isInternetReachable: false });
    expect(told).toEqual([]);
    phone.network({});
    expect(told).toEqual(['online']);
  });

  it('keeps an app that starts without a network from waiting for it', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(keychainStorage(phone.Keychain));
    world.clock.sleep(8 * 3600);
    const asked = world.server.asked.length;
    const app = world.startApp(keychainStorage(phone.Keychain));
    netInfoSource(app.client, phone.NetInfo);
    phone.network({ type: 'none', isConnected: false, isInternetReachable: false });
    await app.client.ready();
    expect(app.client.getSnapshot()).toMatchObject({
      status: 'authenticated',
      degraded: 'offline',
    });
    expect(world.server.asked).toHaveLength(asked);
  });
});

describe('refreshInBackground', () => {
  it('refreshes, and has stored it before it says so', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(secureStoreStorage(phone.SecureStore));
    const before = phone.secrets.get('evergreen-auth')?.value;
    const app = world.startApp(secureStoreStorage(phone.SecureStore));
    expect(await refreshInBackground(app.client)).toEqual({ kind: 'refreshed' });
    expect(phone.secrets.get('evergreen-auth')?.value).not.toBe(before);
    expect(world.server.refreshes).toBe(1);
  });

  it('says so where nobody is signed in', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    const app = world.startApp(keychainStorage(phone.Keychain));
    expect(await refreshInBackground(app.client)).toEqual({ kind: 'signed_out' });
  });

  it('says so where the server has ended the session', async () => {
    const { server, app } = await signedInApp();
    server.isUserBlocked = true;
    expect(await refreshInBackground(app.client)).toEqual({ kind: 'signed_out' });
    expect(app.client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
  });

  it('says so where the session cannot be read, and asks nobody who has declined', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    const storage = () =>
      biometricGate(keychainStorage(phone.Keychain), keychainPrompt(phone.Keychain));
    await world.signedIn(storage());
    phone.isBeforeFirstUnlock = true;
    expect(await refreshInBackground(world.startApp(storage()).client)).toEqual({ kind: 'locked' });

    phone.isBeforeFirstUnlock = false;
    phone.person = () => Promise.reject(CANCELLED);
    const app = await world.openApp(storage());
    phone.prompts = 0;
    expect(await refreshInBackground(app.client)).toEqual({ kind: 'locked' });
    expect(phone.prompts).toBe(0);
  });

  it('gives up in time where the server cannot be reached, and keeps the session', async () => {
    const { clock, server, app } = await signedInApp();
    server.isReachable = false;
    const result = refreshInBackground(app.client);
    await clock.pass(20);
    expect(await result).toMatchObject({ kind: 'failed', error: { kind: 'network' } });
    expect(app.status()).toBe('authenticated');
  });
});
