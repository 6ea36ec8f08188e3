import { loadConfig, readEnvironment } from '../../platform/config/index.js';
import type { KeyFile } from './keys/key-file.js';
import { keySetOf, type KeySet } from './keys/key-set.js';
import { newKey } from './keys/new-key.js';
import type { TokenKind } from './keys/token-key.js';
import { TokenKeys } from './token-keys.js';

const OLD = 'b7d1f0c64a9e83527c15e0d8936bfa42';
const NEW = '3e9c5ad2810f47b6e2d09b71c684f35a';
const KINDS: readonly TokenKind[] = ['access', 'refresh'];

function keysOf(secret: string, previous?: string, keys?: KeySet): TokenKeys {
  const environment = {
    DATABASE_URL: 'postgres://db/x',
    JWT_SECRET: secret,
    JWT_SECRET_PREVIOUS: previous,
  };
  return new TokenKeys(loadConfig(readEnvironment(environment)), { keys } as KeyFile);
}

const bytesOf = (keys: TokenKeys, kind: TokenKind) =>
  keys.signing(kind).key.export().toString('hex');

describe('TokenKeys', () => {
  it.each(KINDS)('derives the same %s key from the same secret', (kind) => {
    expect(bytesOf(keysOf(NEW), kind)).toBe(bytesOf(keysOf(NEW), kind));
    expect(keysOf(NEW).signing(kind).id).toBe(keysOf(NEW).signing(kind).id);
  });

  it('derives another key for each kind and each secret', () => {
    const all = [keysOf(OLD), keysOf(NEW)].flatMap((keys) =>
      KINDS.map((kind) => [keys.signing(kind).id, bytesOf(keys, kind)]),
    );
    expect(new Set(all.map(([id]) => id)).size).toBe(4);
    expect(new Set(all.map(([, bytes]) => bytes)).size).toBe(4);
  });

  it('tells nothing of a secret by a key or by its name', () => {
    const { id } = keysOf(NEW).signing('access');
    const bytes = bytesOf(keysOf(NEW), 'access');
    expect(bytes).toHaveLength(64);
    expect([id, bytes, Buffer.from(bytes, 'hex').toString()].join()).not.toContain(NEW);
    expect(bytes).not.toContain(Buffer.from(id, 'base64url').toString('hex'));
  });

  it.each(KINDS)('verifies what it signs: %s', (kind) => {
    const keys = keysOf(NEW);
    const signing = keys.signing(kind);
    expect(keys.verifying(kind, signing)?.equals(signing.key)).toBe(true);
  });

  it('verifies no kind by the key of the other', () => {
    const keys = keysOf(NEW, OLD);
    expect(keys.verifying('refresh', keys.signing('access'))).toBeUndefined();
    expect(keys.verifying('access', keys.signing('refresh'))).toBeUndefined();
  });

  describe('with a previous secret', () => {
    it.each(KINDS)('verifies by the old %s key, and signs by the new one', (kind) => {
      const old = keysOf(OLD).signing(kind);
      const keys = keysOf(NEW, OLD);
      expect(keys.verifying(kind, old)?.equals(old.key)).toBe(true);
      expect(keys.signing(kind).id).toBe(keysOf(NEW).signing(kind).id);
    });

    it.each(KINDS)('forgets the old %s key once the secret is gone', (kind) => {
      expect(keysOf(NEW).verifying(kind, keysOf(OLD).signing(kind))).toBeUndefined();
    });

    it.each(KINDS)('may be told the same secret twice: %s', (kind) => {
      const keys = keysOf(NEW, NEW);
      expect(keys.verifying(kind, keys.signing(kind))?.equals(keys.signing(kind).key)).toBe(true);
    });
  });

  describe('with a file of keys', () => {
    const stored = [newKey(new Date()), newKey(new Date())];
    const file = keySetOf(stored);
    const keys = keysOf(NEW, OLD, file);

    it('signs access tokens by its first key, and refresh tokens as before', () => {
      expect(keys.signing('access')).toBe(file.signing);
      expect(keys.signing('refresh')).toEqual(keysOf(NEW).signing('refresh'));
    });

    it('verifies access tokens by all its keys, and by those of the secrets', () => {
      for (const key of file.verifying) expect(keys.verifying('access', key)).toBe(key.key);
      for (const secret of [OLD, NEW])
        expect(keys.verifying('access', keysOf(secret).signing('access'))).toBeDefined();
    });

    it('verifies no refresh token by them', () => {
      for (const key of file.verifying) expect(keys.verifying('refresh', key)).toBeUndefined();
    });

    it('knows each key under its own algorithm alone', () => {
      for (const { id } of file.verifying)
        expect(keys.verifying('access', { id, algorithm: 'HS256' })).toBeUndefined();
      for (const kind of KINDS) {
        expect(
          keys.verifying(kind, { id: keysOf(NEW).signing(kind).id, algorithm: 'ES256' }),
        ).toBeUndefined();
      }
    });

    it('publishes public halves alone', () => {
      expect(keys.published.map(({ kid }) => kid)).toEqual(stored.map(({ kid }) => kid));
      expect(JSON.stringify(keys.published)).not.toMatch(/"[dk]":/);
    });
  });

  it('publishes nothing of a secret', () => {
    expect(keysOf(NEW, OLD).published).toEqual([]);
  });

  it.each(['', 'nobody', '__proto__', '0'])('has no key of the name %j', (id) => {
    for (const kind of KINDS)
      expect(keysOf(NEW, OLD).verifying(kind, { id, algorithm: 'HS256' })).toBeUndefined();
  });
});
