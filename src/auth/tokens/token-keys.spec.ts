import { loadConfig, readEnvironment } from '../../platform/config/index.js';
import { KeyFile } from './keys/key-file.js';
import type { TokenKind } from './keys/token-key.js';
import { TokenKeys } from './token-keys.js';

const OLD = 'b7d1f0c64a9e83527c15e0d8936bfa42';
const NEW = '3e9c5ad2810f47b6e2d09b71c684f35a';
const KINDS: readonly TokenKind[] = ['access', 'refresh'];

function keysOf(secret: string, previous?: string): TokenKeys {
  const environment = { DATABASE_URL: 'postgres://db/x', JWT_SECRET: secret, JWT_SECRET_PREVIOUS: previous };
  const config = loadConfig(readEnvironment(environment));
  return new TokenKeys(config, new KeyFile(config));
}

const bytesOf = (keys: TokenKeys, kind: TokenKind) => keys.signing(kind).key.export().toString('hex');

describe('TokenKeys', () => {
  it.each(KINDS)('derives the same %s key from the same secret', (kind) => {
    expect(bytesOf(keysOf(NEW), kind)).toBe(bytesOf(keysOf(NEW), kind));
    expect(keysOf(NEW).signing(kind).id).toBe(keysOf(NEW).signing(kind).id);
  });

  it('derives another key for each kind and each secret', () => {
    const all = [keysOf(OLD), keysOf(NEW)].flatMap((keys) => KINDS.map((kind) => [keys.signing(kind).id, bytesOf(keys, kind)]));
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

  it.each(['', 'nobody', '__proto__', '0'])('has no key of the name %j', (id) => {
    for (const kind of KINDS) expect(keysOf(NEW, OLD).verifying(kind, { id, algorithm: 'HS256' })).toBeUndefined();
  });
});
