import { newWorld, CREDENTIALS } from '../../test/support/native-app.js';
import { newPhone, type Phone } from '../../test/support/phone.js';
import { ACCESSIBLE } from '../../test/support/published-modules.js';
import { settle } from '../../test/support/small-server.js';
import type { AuthStorage } from '../core/index.js';
import { asyncStorage, forgetOnReinstall, keychainStorage, secureStoreStorage } from './index.js';

const STORAGES: Record<string, (phone: Phone) => AuthStorage> = {
  keychainStorage: ({ Keychain }) => keychainStorage(Keychain),
  secureStoreStorage: ({ SecureStore }) => secureStoreStorage(SecureStore),
  asyncStorage: ({ AsyncStorage }) => asyncStorage(AsyncStorage),
};

describe.each(Object.entries(STORAGES))('%s', (_, storageOf) => {
  it('knows nothing at first, and then what was written last', async () => {
    const storage = storageOf(newPhone());
    expect(await storage.read()).toEqual({ kind: 'absent' });
    await storage.write('one');
    await storage.write('two');
    expect(await storage.read()).toEqual({ kind: 'value', value: 'two' });
  });

  it('keeps a user signed in from one life of the app to the next', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    const app = await world.openApp(storageOf(phone));
    expect(app.status()).toBe('authenticated');
  });

  it.each(Array.from({ length: 6 }, (_, changes) => changes))(
    'keeps the session of an app that is killed while it saves a refresh, after %i changes',
    async (changes) => {
      const [phone, world] = [newPhone(), newWorld()];
      await world.signedIn(storageOf(phone));
      const killed = await world.openApp(storageOf(phone));
      phone.killAfterChanges = changes;
      killed.client.refreshToken().catch(() => {});
      await settle();
      killed.kill();
      phone.killAfterChanges = Infinity;

      const app = await world.openApp(storageOf(phone));
      expect(app.status()).toBe('authenticated');
      await app.client.refreshToken();
      await app.client.refreshToken();
      expect(app.told).not.toContain('sessionExpired');
    },
  );

  it('keeps the session of an app that is killed between the answer and its saving', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    const killed = await world.openApp(storageOf(phone));
    world.server.beforeAnswer = () => new Promise(() => {});
    killed.client.refreshToken().catch(() => {});
    await settle();
    killed.kill();
    world.server.beforeAnswer = async () => {};

    const app = await world.openApp(storageOf(phone));
    await app.client.refreshToken();
    await app.client.refreshToken();
    expect(world.server.refreshes).toBe(3);
    expect(app.status()).toBe('authenticated');
  });

  it('stays signed out after a sign-out, whatever was written before', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    const before = await world.openApp(storageOf(phone));
    await before.client.login(CREDENTIALS);
    await before.client.logout();
    before.kill();
    const app = await world.openApp(storageOf(phone));
    expect(app.client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(
      JSON.stringify([
        [...phone.keychain.values()],
        [...phone.secrets.values()],
        [...phone.files.values()],
      ]),
    ).not.toContain('token');
  });
});

describe.each(['keychainStorage', 'secureStoreStorage'])(
  '%s, in an app that is started behind a locked screen',
  (name) => {
    const storageOf = STORAGES[name]!;

    it('is locked, deletes nothing, and is authenticated as soon as the app comes to the front after the first unlock', async () => {
      const [phone, world] = [newPhone(), newWorld()];
      await world.signedIn(storageOf(phone));
      phone.isBeforeFirstUnlock = true;
      const app = await world.openApp(storageOf(phone));
      expect(app.status()).toBe('locked');
      await expect(app.client.getAccessToken()).rejects.toMatchObject({
        code: 'storage',
        kind: 'storage',
      });
      await world.clock.pass(600);
      expect(app.status()).toBe('locked');

      phone.isBeforeFirstUnlock = false;
      app.client.notify('active');
      await settle();
      expect(app.status()).toBe('authenticated');
      expect(app.told).toEqual([]);
    });

    it('opens within half a minute by itself, too', async () => {
      const [phone, world] = [newPhone(), newWorld()];
      await world.signedIn(storageOf(phone));
      phone.isBeforeFirstUnlock = true;
      const app = await world.openApp(storageOf(phone));
      phone.isBeforeFirstUnlock = false;
      await world.clock.pass(30);
      expect(app.status()).toBe('authenticated');
    });

    it('reads once for many that ask at the same time', async () => {
      const [phone, world] = [newPhone(), newWorld()];
      await world.signedIn(storageOf(phone));
      const app = world.startApp(storageOf(phone));
      const tokens = await Promise.all(
        Array.from({ length: 20 }, () => app.client.getAccessToken()),
      );
      expect(new Set(tokens).size).toBe(1);
      expect(world.server.refreshes).toBe(0);
    });
  },
);

describe('keychainStorage', () => {
  it('stores for this device alone, readable after the first unlock, and asks nobody', async () => {
    const phone = newPhone();
    await keychainStorage(phone.Keychain).write('session');
    expect([...phone.keychain.values()].map(({ options }) => options)).toEqual([
      {
        service: 'evergreen-auth.spare',
        accessible: ACCESSIBLE.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
      },
      { service: 'evergreen-auth', accessible: ACCESSIBLE.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY },
    ]);
  });

  it('says so where the keychain does not store', async () => {
    const { Keychain } = newPhone();
    await expect(
      keychainStorage({ ...Keychain, setGenericPassword: async () => false }).write('session'),
    ).rejects.toThrow();
  });

  it('takes an error that it does not know for unavailable, and lets the user sign in again', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    let isIll = true;
    const failure = Object.assign(new Error('Wrapped error: null'), { code: 'E_CRYPTO_FAILED' });
    const Keychain = {
      ...phone.Keychain,
      getGenericPassword: (options?: { service?: string }) =>
        isIll ? Promise.reject(failure) : phone.Keychain.getGenericPassword(options),
    };
    expect(await keychainStorage(Keychain).read()).toEqual({ kind: 'unavailable', cause: failure });
    const app = await world.openApp(keychainStorage(Keychain));
    expect(app.status()).toBe('locked');
    await app.client.login(CREDENTIALS);
    expect(app.status()).toBe('authenticated');
    isIll = false;
    await app.client.refreshToken();
    app.kill();
    expect((await world.openApp(keychainStorage(Keychain))).status()).toBe('authenticated');
  });
});

describe('secureStoreStorage', () => {
  it('stores for this device alone, readable after the first unlock', async () => {
    const phone = newPhone();
    await secureStoreStorage(phone.SecureStore).write('session');
    expect(phone.secrets.get('evergreen-auth')?.keychainAccessible).toBe(
      phone.SecureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
    );
  });
});

describe('forgetOnReinstall', () => {
  const storageOf = ({ Keychain, AsyncStorage }: Phone) =>
    forgetOnReinstall(keychainStorage(Keychain), AsyncStorage);

  it('keeps the session from one life of the app to the next', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    expect((await world.openApp(storageOf(phone))).status()).toBe('authenticated');
  });

  it('does not bring the former user back when the app is installed again', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    phone.reinstall();
    const app = await world.openApp(storageOf(phone));
    expect(app.client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'none' });
    app.kill();
    expect(JSON.stringify([...phone.keychain.values()])).not.toContain('token');
    await world.signedIn(storageOf(phone));
    expect((await world.openApp(storageOf(phone))).status()).toBe('authenticated');
  });

  it('deletes nothing where it cannot find out whether the app is new', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    phone.isFileSystemIll = true;
    const app = await world.openApp(storageOf(phone));
    expect(app.status()).toBe('locked');
    phone.isFileSystemIll = false;
    await world.clock.pass(30);
    expect(app.status()).toBe('authenticated');
  });

  it('neither deletes nor takes note while the keychain is locked', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    phone.reinstall();
    phone.isBeforeFirstUnlock = true;
    const app = await world.openApp(storageOf(phone));
    expect(app.status()).toBe('locked');
    expect(phone.files.size).toBe(0);
    expect(phone.keychain.size).toBe(2);
    phone.isBeforeFirstUnlock = false;
    await app.client.ready();
    expect(app.status()).toBe('unauthenticated');
  });

  it.each(Array.from({ length: 6 }, (_, changes) => changes))(
    'forgets the former session even if the app is killed after %i changes, and keeps the next one',
    async (changes) => {
      const [phone, world] = [newPhone(), newWorld()];
      await world.signedIn(storageOf(phone));
      phone.reinstall();
      phone.killAfterChanges = changes;
      const killed = world.startApp(storageOf(phone));
      void killed.client.ready();
      await settle();
      killed.kill();
      phone.killAfterChanges = Infinity;

      const app = await world.openApp(storageOf(phone));
      expect(app.status()).toBe('unauthenticated');
      await app.client.login(CREDENTIALS);
      app.kill();
      expect((await world.openApp(storageOf(phone))).status()).toBe('authenticated');
    },
  );

  it('keeps the session of who signs in before anything could be read', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    phone.reinstall();
    phone.isBeforeFirstUnlock = true;
    const app = await world.openApp(storageOf(phone));
    phone.isBeforeFirstUnlock = false;
    await app.client.login(CREDENTIALS);
    app.kill();
    expect((await world.openApp(storageOf(phone))).status()).toBe('authenticated');
  });

  it('keeps the session of who signs in after the app has cleared AsyncStorage', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    const app = await world.openApp(storageOf(phone));
    await app.client.logout();
    await phone.AsyncStorage.clear();
    await app.client.login(CREDENTIALS);
    app.kill();
    expect((await world.openApp(storageOf(phone))).status()).toBe('authenticated');
  });

  it('saves a refresh although AsyncStorage has fallen ill meanwhile', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(storageOf(phone));
    const app = await world.openApp(storageOf(phone));
    phone.isFileSystemIll = true;
    const token = await app.client.refreshToken();
    expect([...phone.keychain.values()].every(({ password }) => password.includes(token))).toBe(
      true,
    );
  });
});
