import bcrypt, { getRounds, hash as bcryptHash } from 'bcrypt';
import { loadConfig, readEnvironment } from '../platform/config/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { HashQueue } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';

const hasherOf = (cost: number) => {
  const config = loadConfig(
    readEnvironment({
      DATABASE_URL: 'postgres://db/x',
      JWT_SECRET: 'x',
      BCRYPT_COST: String(cost),
    }),
  );
  return new PasswordHasher(config, new HashQueue(config, new Metrics()));
};

const PASSWORD = 'a good long password';

describe('PasswordHasher', () => {
  const hasher = hasherOf(4);

  describe('hash', () => {
    it('gives the same password another hash each time', async () => {
      const [one, other] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
      expect(one).not.toBe(other);
      expect(one).not.toContain(PASSWORD);
    });
  });

  describe('verify', () => {
    it.each([
      ['the password itself', PASSWORD, true],
      ['another case', PASSWORD.toUpperCase(), false],
      ['a blank after it', `${PASSWORD} `, false],
      ['half of it', PASSWORD.slice(0, 10), false],
      ['something behind an end of text', `${PASSWORD}\u0000x`, false],
      ['nothing', '', false],
    ])('%s', async (_case, password, isRight) => {
      expect(await hasher.verify(password, await hasher.hash(PASSWORD))).toBe(isRight);
    });

    it('reads on behind an end of text', async () => {
      const passwordHash = await hasher.hash('before\u0000after');
      expect(await hasher.verify('before\u0000after', passwordHash)).toBe(true);
      expect(await hasher.verify('before\u0000other', passwordHash)).toBe(false);
    });

    it.each([71, 72])('takes a password of %d bytes', async (length) => {
      const password = 'x'.repeat(length);
      expect(await hasher.verify(password, await hasher.hash(password))).toBe(true);
    });

    it.each([
      ['73 bytes', 'x'.repeat(72), 'x'],
      ['72 bytes and a wide character', 'ñ'.repeat(36), 'ñ'],
    ])('refuses %s, though the first 72 are right', async (_case, password, more) => {
      expect(await hasher.verify(password + more, await hasher.hash(password))).toBe(false);
    });

    it.each(['NFC', 'NFD'])('takes a password in whichever form it is typed: %s', async (form) => {
      const password = 'clé d’été à Ångström';
      const passwordHash = await hasher.hash(password.normalize(form));
      for (const typed of ['NFC', 'NFD'])
        expect(await hasher.verify(password.normalize(typed), passwordHash)).toBe(true);
      expect(await hasher.verify('cle d’ete a Angstrom', passwordHash)).toBe(false);
      expect(await hasher.verify(password.normalize('NFKC'), passwordHash)).toBe(true);
    });

    it('takes a password as it is typed for a hash of that form, which another system has made', async () => {
      const typed = 'clé d’été'.normalize('NFD');
      const older = await bcryptHash(typed, 4);
      expect(await hasher.verify(typed, older)).toBe(true);
      expect(await hasher.verify(typed.normalize('NFC'), older)).toBe(false);
    });

    it('takes 72 bytes that were typed as more', async () => {
      const typed = 'ñ'.repeat(36).normalize('NFD');
      expect(await hasher.verify(typed, await hasher.hash(typed))).toBe(true);
      expect(await hasher.verify(`${typed}n`, await hasher.hash(typed))).toBe(false);
    });

    it.each([PASSWORD, ''])('refuses %j for nobody', async (password) => {
      expect(await hasher.verify(password, undefined)).toBe(false);
    });

    // Of PHP's manual, and of the test vectors of crypt_blowfish.
    it.each([
      ['$2y$07$usesomesillystringfore2uDLvp1Ii2e./U9C8sBjqp8I90dH6hi', 'rasmuslerdorf'],
      ['$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
      ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
      ['$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ])('takes %s of another system', async (passwordHash, password) => {
      expect(await hasher.verify(password, passwordHash)).toBe(true);
      expect(await hasher.verify(`${password}*`, passwordHash)).toBe(false);
    });

    it('refuses the hashes of a faulty bcrypt, which other passwords fit as well', async () => {
      const faulty = '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
      expect(await hasher.verify('U*U', faulty)).toBe(false);
    });

    it.each(['', 'x', PASSWORD, '$2b$04$', '$2b$04$tooshort', '$2y$04$', '$2y$'])(
      'refuses the password for %j, which is no hash',
      async (passwordHash) => {
        expect(await hasher.verify(PASSWORD, passwordHash)).toBe(false);
      },
    );

    // Time is measured by `npm run bench:enumeration`; here, what takes it.
    it.each([
      ['a password of one form', 'another password', 1],
      ['a password of two forms', 'clé d’été'.normalize('NFD'), 2],
      ['what is too long to be hashed', 'x'.repeat(100_000), 1],
    ])(
      'makes as many comparisons of the same cost for nobody as for somebody: %s',
      async (_what, typed, count) => {
        const passwordHash = await hasher.hash(PASSWORD);
        const ofSomebody = await costsOf(() => hasher.verify(typed, passwordHash));
        const ofNobody = await costsOf(() => hasher.verify(typed, undefined));
        expect(ofSomebody).toEqual(Array(count).fill(getRounds(passwordHash)));
        expect(ofNobody).toEqual(ofSomebody);
      },
    );

    it('spends no time on the form of what is too long to be hashed', async () => {
      const long = `a${'\u0301\u0316'.repeat(24_000)}`;
      expect(await fastestMs(() => hasher.verify(long, undefined))).toBeLessThan(100);
    });
  });

  describe('isOutdated', () => {
    it.each([
      [6, true],
      [5, false],
      [4, false],
    ])('a hash of cost 5 where %d is configured: %p', async (cost, isOutdated) => {
      expect(hasherOf(cost).isOutdated(await hasherOf(5).hash(PASSWORD))).toBe(isOutdated);
    });

    it.each([
      ['$2a$', true],
      ['$2y$', true],
      ['$2b$', false],
    ])('a hash of the configured cost that begins with %s: %p', async (prefix, isOutdated) => {
      const passwordHash = (await hasher.hash(PASSWORD)).replace('$2b$', () => prefix);
      expect(hasher.isOutdated(passwordHash)).toBe(isOutdated);
    });
  });
});

/** The cost of each comparison that it makes. */
async function costsOf(work: () => Promise<unknown>): Promise<number[]> {
  const compare = jest.spyOn(bcrypt, 'compare');
  await work();
  const costs = compare.mock.calls.map(([, passwordHash]) => getRounds(passwordHash));
  compare.mockRestore();
  return costs;
}

async function fastestMs(work: () => Promise<unknown>): Promise<number> {
  let fastest = Infinity;
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest;
}
