import { hash as argon2Hash } from '@node-rs/argon2';
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

    // Of the test of the reference implementation.
    it.each([
      '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8',
      '$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY',
    ])('takes %s of another system', async (passwordHash) => {
      expect(await hasher.verify('password', passwordHash)).toBe(true);
      expect(await hasher.verify('passwore', passwordHash)).toBe(false);
      expect(await hasher.verify('', passwordHash)).toBe(false);
    });

    it.each([72, 73, 1000])(
      'takes a password of %d bytes for a hash of Argon2, which has no limit',
      async (length) => {
        const password = 'x'.repeat(length);
        const passwordHash = await argon2(password);
        expect(await hasher.verify(password, passwordHash)).toBe(true);
        expect(await hasher.verify(`${password}x`, passwordHash)).toBe(false);
      },
    );

    it.each(['NFC', 'NFD'])(
      'takes a password as it is typed for a hash of Argon2: %s',
      async (form) => {
        const passwordHash = await argon2('clé d’été'.normalize(form));
        expect(await hasher.verify('clé d’été'.normalize('NFD'), passwordHash)).toBe(true);
      },
    );

    it.each([
      ['64 GiB of memory', 'm=67108864,t=1,p=1'],
      ['a million passes', 'm=65536,t=1000000,p=1'],
      ['more memory than a number can say', 'm=99999999999,t=1,p=1'],
    ])('computes no hash of Argon2 that needs %s', async (_what, parameters) => {
      const passwordHash = `$argon2id$v=19$${parameters}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4`;
      const costs = await costsOf(async () => {
        expect(await hasher.verify('password', passwordHash)).toBe(false);
      });
      expect(costs).toEqual([4]);
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

    it.each([4, 5, 6, 7])(
      'makes as many rounds for a wrong password where the hash has cost %d as where it has 7',
      async (cost) => {
        const passwordHash = await hasherOf(cost).hash(PASSWORD);
        const costs = await costsOf(() => hasherOf(7).verify('another password', passwordHash));
        expect(roundsOf(costs)).toBe(2 ** 7);
      },
    );

    it('makes one comparison for the right password, whatever the cost of its hash', async () => {
      const passwordHash = await hasherOf(4).hash(PASSWORD);
      expect(await costsOf(() => hasherOf(7).verify(PASSWORD, passwordHash))).toEqual([4]);
    });

    it('fills the time of a hash of Argon2 up to that of nobody', async () => {
      const passwordHash = await argon2(PASSWORD);
      const costs = await costsOf(() => hasherOf(10).verify('another password', passwordHash));
      expect(costs[0]).toBe(7);
      expect(roundsOf(costs)).toBeGreaterThan(2 ** 9);
      expect(roundsOf(costs)).toBeLessThanOrEqual(2 ** 10);
      expect(await costsOf(() => hasherOf(10).verify(PASSWORD, passwordHash))).toEqual([]);
    });

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

    it('a hash of Argon2: true', async () => {
      expect(hasher.isOutdated(await argon2(PASSWORD))).toBe(true);
    });
  });

  describe('canHash', () => {
    it.each([
      ['72 bytes', 'x'.repeat(72), true],
      ['73 bytes', 'x'.repeat(73), false],
      ['72 bytes that were typed as more', 'ñ'.repeat(36).normalize('NFD'), true],
    ])('%s: %p', (_what, password, canHash) => {
      expect(hasher.canHash(password)).toBe(canHash);
    });
  });
});

/** As another system makes it, only cheaper. */
function argon2(password: string): Promise<string> {
  return argon2Hash(password, { memoryCost: 256, timeCost: 1, parallelism: 1 });
}

function roundsOf(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + 2 ** cost, 0);
}

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
