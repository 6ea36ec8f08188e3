import { CREDENTIALS, newWorld } from '../../test/support/native-app.js';
import { CANCELLED, LOCKED, newPhone, type Phone } from '../../test/support/phone.js';
import {
  ACCESS_CONTROL,
  ACCESSIBLE,
  type PublishedLocalAuthentication,
  type PublishedLocalAuthenticationError,
  STORAGE_TYPE,
} from '../../test/support/published-modules.js';
import { settle } from '../../test/support/small-server.js';
import {
  biometricGate,
  keychainPrompt,
  keychainStorage,
  localAuthenticationPrompt,
  type PromptAnswer,
} from './index.js';

const gated = ({ Keychain }: Phone) =>
  biometricGate(keychainStorage(Keychain), keychainPrompt(Keychain, { title: 'Unlock' }));

async function withSession() {
  const [phone, world] = [newPhone(), newWorld()];
  await world.signedIn(gated(phone));
  phone.prompts = 0;
  return { phone, world };
}

describe('biometricGate', () => {
  it('asks nobody while nobody is signed in, nor who has just signed in or out', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    const app = await world.openApp(gated(phone));
    await app.client.login(CREDENTIALS);
    await app.client.refreshToken();
    await app.client.logout();
    app.kill();
    const next = await world.openApp(gated(phone));
    expect(next.client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(phone.prompts).toBe(0);
  });

  it('asks once in the life of an app, however many ask for the session', async () => {
    const { phone, world } = await withSession();
    const app = world.startApp(gated(phone));
    await Promise.all([
      app.client.ready(),
      ...Array.from({ length: 10 }, () => app.client.getAccessToken()),
    ]);
    await app.client.refreshToken();
    app.client.notify('active');
    await settle();
    expect(app.status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it('gives the person more time than a storage has', async () => {
    const { phone, world } = await withSession();
    let finish = () => {};
    phone.person = () => new Promise((resolve) => (finish = resolve));
    const app = world.startApp(gated(phone));
    const ready = app.client.ready();
    await world.clock.pass(45);
    expect(app.status()).toBe('loading');
    finish();
    await ready;
    expect(app.status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it('does not keep a request waiting for as long as that', async () => {
    const { phone, world } = await withSession();
    phone.person = () => new Promise(() => {});
    const app = world.startApp(gated(phone));
    const refused = expect(app.client.getAccessToken()).rejects.toMatchObject({ code: 'timeout' });
    await world.clock.pass(10);
    await refused;
  });

  it('gives a storage no more than its own time once it is open', async () => {
    const { phone } = await withSession();
    const storage = gated(phone);
    expect(storage.timeoutMs).toBeGreaterThan(60_000);
    await storage.read();
    expect(storage.timeoutMs).toBeUndefined();
  });

  it('leaves it locked when the person declines, and asks again only when the application does', async () => {
    const { phone, world } = await withSession();
    phone.person = () => Promise.reject(CANCELLED);
    const app = await world.openApp(gated(phone));
    expect(app.status()).toBe('locked');
    app.client.notify('active');
    app.client.notify('offline');
    app.client.notify('online');
    await world.clock.pass(120);
    await expect(app.client.getAccessToken()).rejects.toMatchObject({ code: 'storage' });
    expect(phone.prompts).toBe(1);
    expect(app.told).toEqual([]);

    phone.person = async () => {};
    await app.client.ready();
    expect(phone.prompts).toBe(2);
    expect(app.status()).toBe('authenticated');
  });

  it('does not ask twice because the prompt itself puts the app aside and in front again', async () => {
    const { phone, world } = await withSession();
    let decline = () => {};
    phone.person = () => new Promise((_, reject) => (decline = () => reject(CANCELLED)));
    const app = world.startApp(gated(phone));
    void app.client.ready();
    await settle();
    app.client.notify('active');
    await settle();
    decline();
    await settle();
    app.client.notify('active');
    await settle();
    expect(app.status()).toBe('locked');
    expect(phone.prompts).toBe(1);
  });

  it('asks for a new sign-in when biometrics have changed, and never calls the session expired', async () => {
    const { phone, world } = await withSession();
    phone.changeBiometrics();
    const app = await world.openApp(gated(phone));
    await world.clock.pass(120);
    expect(app.status()).toBe('locked');
    expect(app.told).toEqual(['reauthRequired']);
    expect(phone.prompts).toBe(0);

    await app.client.login(CREDENTIALS);
    expect(app.status()).toBe('authenticated');
    app.kill();
    expect((await world.openApp(gated(phone))).status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it('can be left by signing in, or out, without an answer to the prompt', async () => {
    const { phone, world } = await withSession();
    phone.person = () => Promise.reject(CANCELLED);
    const app = await world.openApp(gated(phone));
    await app.client.logout();
    expect(app.status()).toBe('unauthenticated');
    await app.client.login(CREDENTIALS);
    expect(app.status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it('asks nobody behind a locked screen, and by itself once it is unlocked', async () => {
    const { phone, world } = await withSession();
    phone.isBeforeFirstUnlock = true;
    const app = await world.openApp(gated(phone));
    expect(app.status()).toBe('locked');
    expect(phone.prompts).toBe(0);
    phone.isBeforeFirstUnlock = false;
    app.client.notify('active');
    await settle();
    expect(app.status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it('tries again by and by where nobody could be asked', async () => {
    const { phone, world } = await withSession();
    const answers: PromptAnswer[] = ['unavailable', 'passed'];
    const app = await world.openApp(
      biometricGate(keychainStorage(phone.Keychain), { ask: async () => answers.shift()! }),
    );
    expect(app.status()).toBe('locked');
    await world.clock.pass(30);
    expect(app.status()).toBe('authenticated');
  });

  it('takes a prompt that fails for one that could not be shown', async () => {
    const { phone } = await withSession();
    const storage = biometricGate(keychainStorage(phone.Keychain), {
      ask: () => Promise.reject(new Error('no activity')),
    });
    expect(await storage.read()).toEqual({ kind: 'unavailable', reason: undefined });
  });
});

describe('keychainPrompt', () => {
  it('asks by an item that only present biometrics open, and that Android writes without asking', async () => {
    const phone = newPhone();
    await keychainPrompt(phone.Keychain, { title: 'Unlock' }).arm!();
    expect(phone.prompts).toBe(0);
    expect(phone.keychain.get('evergreen-auth.biometrics')?.options).toEqual({
      service: 'evergreen-auth.biometrics',
      accessible: ACCESSIBLE.WHEN_UNLOCKED_THIS_DEVICE_ONLY,
      accessControl: ACCESS_CONTROL.BIOMETRY_CURRENT_SET,
      storage: STORAGE_TYPE.RSA,
      authenticationPrompt: { title: 'Unlock' },
    });
  });

  it('begins with the biometrics of the moment where an app has not asked before', async () => {
    const [phone, world] = [newPhone(), newWorld()];
    await world.signedIn(keychainStorage(phone.Keychain));
    expect((await world.openApp(gated(phone))).status()).toBe('authenticated');
    expect(phone.prompts).toBe(1);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'does not take an app that was killed after %i changes of its arming for changed biometrics',
    async (changes) => {
      const phone = newPhone();
      await keychainPrompt(phone.Keychain).arm!();
      phone.killAfterChanges = changes;
      void keychainPrompt(phone.Keychain).arm!();
      await settle();
      phone.killAfterChanges = Infinity;
      expect(await keychainPrompt(phone.Keychain).ask()).toBe('passed');
    },
  );

  it.each<[PromptAnswer, object]>([
    ['declined', CANCELLED],
    [
      'declined',
      { code: '-25293', message: 'The user name or passphrase you entered is not correct.' },
    ],
    [
      'declined',
      {
        code: 'E_CRYPTO_FAILED',
        message: 'code: 10, msg: Fingerprint operation cancelled by user.',
      },
    ],
    ['declined', { code: 'E_CRYPTO_FAILED', message: 'code: 13, msg: Cancel' }],
    [
      'declined',
      { code: 'E_CRYPTO_FAILED', message: 'code: 7, msg: Too many attempts. Try again later.' },
    ],
    [
      'reauth_required',
      { code: 'E_CRYPTO_FAILED', message: 'code: 11, msg: No fingerprints enrolled.' },
    ],
    [
      'reauth_required',
      { code: 'E_CRYPTO_FAILED', message: 'Wrapped error: Key permanently invalidated' },
    ],
    ['unavailable', LOCKED],
    [
      'unavailable',
      { code: 'E_CRYPTO_FAILED', message: 'code: 5, msg: Fingerprint operation cancelled.' },
    ],
    ['unavailable', { code: 'E_UNKNOWN_ERROR', message: 'Not assigned current activity' }],
  ])('answers %s to %j', async (answer, error) => {
    const phone = newPhone();
    phone.person = () => Promise.reject(Object.assign(new Error(), error));
    expect(await keychainPrompt(phone.Keychain).ask()).toBe(answer);
  });
});

describe('localAuthenticationPrompt', () => {
  const answering = (error?: PublishedLocalAuthenticationError): PublishedLocalAuthentication => ({
    authenticateAsync: async () => (error ? { success: false, error } : { success: true }),
  });

  it.each<[PromptAnswer, PublishedLocalAuthenticationError | undefined]>([
    ['passed', undefined],
    ['declined', 'user_cancel'],
    ['declined', 'user_fallback'],
    ['declined', 'authentication_failed'],
    ['declined', 'lockout'],
    ['declined', 'timeout'],
    ['reauth_required', 'not_enrolled'],
    ['reauth_required', 'passcode_not_set'],
    ['unavailable', 'app_cancel'],
    ['unavailable', 'system_cancel'],
    ['unavailable', 'not_available'],
    ['unavailable', 'no_space'],
    ['unavailable', 'unable_to_process'],
    ['unavailable', 'invalid_context'],
    ['unavailable', 'unknown'],
  ])('answers %s to %s', async (answer, error) => {
    expect(
      await localAuthenticationPrompt(answering(error), { promptMessage: 'Unlock' }).ask(),
    ).toBe(answer);
  });
});
