import { type AuthClient, createAuthClient } from '../core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeClock,
  type FakeServer,
} from '../testing/index.js';
import { biometricProof, type BiometricProof } from './biometric-proof.js';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** A keychain whose items open for a finger; `fails` is how it refuses. */
function newKeychain() {
  const items = new Map<string, string>();
  const keychain = {
    asked: 0,
    fails: undefined as Error | undefined,
    items,
    ACCESSIBLE: { WHEN_UNLOCKED_THIS_DEVICE_ONLY: 'unlocked' },
    ACCESS_CONTROL: { BIOMETRY_CURRENT_SET: 'current' },
    STORAGE_TYPE: { RSA: 'rsa' },
    getGenericPassword: async ({ service = '' } = {}) => {
      const password = items.get(service);
      if (password === undefined) return false as const;
      keychain.asked++;
      if (keychain.fails) throw keychain.fails;
      return { password };
    },
    setGenericPassword: async (_: string, password: string, { service = '' } = {}) =>
      void items.set(service, password),
    resetGenericPassword: async ({ service = '' } = {}) => items.delete(service),
  };
  return keychain;
}

describe('biometricProof', () => {
  let clock: FakeClock;
  let server: FakeServer;
  let client: AuthClient;
  let keychain: ReturnType<typeof newKeychain>;
  let proof: BiometricProof;

  beforeEach(async () => {
    clock = createFakeClock();
    server = createFakeServer({ clock });
    server.addUser(ADA);
    server.handle('POST /api/payments', () => ({ paid: true }), { maxAgeSeconds: 300 });
    keychain = newKeychain();
    proof = biometricProof(keychain, { title: 'Pay' });
    client = createAuthClient({
      baseUrl: server.url,
      fetch: server.fetch,
      clock,
      storage: 'memory',
      onReauthenticate: () => proof.reauthenticate(client),
    });
    await client.login(ADA);
    await clock.advance(600_000);
  });

  afterEach(() => client.dispose());

  const pay = async () => (await client.fetch('/api/payments', { method: 'POST' })).status;

  it('has the server verify what a finger has opened', async () => {
    await proof.keep({ current_password: ADA.password });
    expect(await pay()).toBe(200);
    expect(keychain.asked).toBe(1);
  });

  it('proves nothing where none was kept', async () => {
    expect(await pay()).toBe(401);
    await expect(proof.reauthenticate(client)).rejects.toMatchObject({ code: 'reauth_required' });
  });

  it.each([
    ['-128', 'declined'],
    ['something else', 'unavailable'],
  ])('proves nothing where the keychain refuses with %p, and keeps it', async (code, told) => {
    await proof.keep({ current_password: ADA.password });
    keychain.fails = Object.assign(new Error('refused'), { code });
    expect(await pay()).toBe(401);
    await expect(proof.reauthenticate(client)).rejects.toMatchObject({ code: told });
    keychain.fails = undefined;
    expect(await pay()).toBe(200);
  });

  it('forgets a password that is another one now, and the session stays', async () => {
    await proof.keep({ current_password: ADA.password });
    await client.changePassword({ current_password: ADA.password, new_password: NEW_PASSWORD });
    await clock.advance(600_000);
    expect(await pay()).toBe(401);
    expect(keychain.items.size).toBe(0);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it('keeps it where the server could not be asked', async () => {
    await proof.keep({ current_password: ADA.password });
    server.faults.next('/api/auth/reauthenticate', 503);
    await expect(proof.reauthenticate(client)).rejects.toMatchObject({ kind: 'server' });
    expect(await pay()).toBe(200);
  });
});
