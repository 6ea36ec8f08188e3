import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { createBinding, indexedDbKeys } from './index.js';

/** What is stored, and what is wrong with the database. */
const disk = { values: new Map<string, unknown>(), refuses: false, isFull: false };
let openConnections = 0;

type Handler = (() => void) | undefined;

const indexedDB = {
  open() {
    const database = { transaction, close: () => void (openConnections -= 1) };
    const request: { result: unknown; error: Error; onsuccess?: Handler; onerror?: Handler } = {
      result: database,
      error: new Error('refused'),
    };
    setImmediate(() => {
      if (disk.refuses) return request.onerror?.();
      openConnections += 1;
      request.onsuccess?.();
    });
    return request;
  },
};

function transaction() {
  const handlers: { oncomplete?: Handler; onabort?: Handler } = {};
  const read: { result?: unknown; onsuccess?: Handler } = {};
  let isAborted = false;
  let wanted = '';
  const objectStore = () => ({
    get(name: string) {
      wanted = name;
      return read;
    },
    put(value: unknown, name: string) {
      isAborted = disk.isFull;
      if (!isAborted) disk.values.set(name, value);
    },
  });
  setImmediate(() => {
    read.result = disk.values.get(wanted);
    read.onsuccess?.();
    setImmediate(() => (isAborted ? handlers.onabort?.() : handlers.oncomplete?.()));
  });
  return Object.assign(handlers, { objectStore, error: new Error('aborted') });
}

beforeAll(() => void Object.assign(globalThis, { indexedDB }));
beforeEach(() => Object.assign(disk, { values: new Map(), refuses: false, isFull: false }));
afterAll(() => void Reflect.deleteProperty(globalThis, 'indexedDB'));

describe('indexedDbKeys', () => {
  it('makes a key on P-256 that cannot be exported, and reads it again', async () => {
    const made = await indexedDbKeys().make();
    expect(made?.publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256' });
    const [pair] = [...disk.values.values()] as CryptoKeyPair[];
    expect(pair!.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('jwk', pair!.privateKey)).rejects.toThrow();
    expect((await indexedDbKeys().read())?.publicJwk).toEqual(made?.publicJwk);
  });

  it('makes one key for tabs that sign in at once', async () => {
    const tabs = Array.from({ length: 6 }, () => indexedDbKeys());
    const made = await Promise.all(tabs.map(async (keys) => keys.make()));
    expect(new Set(made.map((key) => key?.publicJwk.x)).size).toBe(1);
    expect(disk.values.size).toBe(1);
  });

  it('keeps the key that there is', async () => {
    const keys = indexedDbKeys();
    const first = await keys.make();
    expect((await keys.make())?.publicJwk).toEqual(first?.publicJwk);
  });

  it('has no key before one is made', async () => {
    expect(await indexedDbKeys().read()).toBeUndefined();
  });

  it('has no key that it could not store', async () => {
    disk.isFull = true;
    await expect(indexedDbKeys().make()).rejects.toMatchObject({ kind: 'storage' });
    expect(await indexedDbKeys().read()).toBeUndefined();
  });

  it('leaves no connection open, which would hold up who deletes the database', async () => {
    await indexedDbKeys().make();
    disk.isFull = true;
    disk.values.clear();
    await indexedDbKeys()
      .make()
      .catch(() => {});
    expect(openConnections).toBe(0);
  });

  it('rejects where the database cannot be opened: that is no lost key', async () => {
    await indexedDbKeys().make();
    disk.refuses = true;
    await expect(indexedDbKeys().read()).rejects.toThrow('refused');
  });

  it('makes none without crypto.subtle', async () => {
    const subtle = Object.getOwnPropertyDescriptor(globalThis, 'crypto')!;
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      await expect(indexedDbKeys().make()).rejects.toThrow();
    } finally {
      Object.defineProperty(globalThis, 'crypto', subtle);
    }
  });
});

describe('createBinding', () => {
  const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

  /** What a refresh with this token is sent with. */
  async function sentWith(token: string): Promise<Headers> {
    let sent: RequestInit = {};
    const fetch = async (_: unknown, init: RequestInit = {}) => {
      sent = init;
      return new Response('{}', { headers: { 'DPoP-Nonce': 'newest' } });
    };
    const { fetch: boundFetch } = createBinding({ fetch, now: () => 1_700_000_000_999 });
    for (let times = 0; times < 2; times++)
      await boundFetch('https://api.example.com/api/auth/refresh?a=1#b', {
        method: 'post',
        headers: { 'X-Requested-With': 'evergreen', Authorization: `Bearer ${token}` },
      });
    return new Headers(sent.headers);
  }

  it('signs proofs as RFC 9449 wants them', async () => {
    const { publicJwk } = (await indexedDbKeys().make())!;
    const { crv, kty, x, y } = publicJwk;
    const jkt = hashOf(JSON.stringify({ crv, kty, x, y }));
    const token = `e30.${Buffer.from(JSON.stringify({ cnf: { jkt } })).toString('base64url')}.AA`;
    const headers = await sentWith(token);
    expect(headers.get('Authorization')).toBe(`DPoP ${token}`);
    const proof = headers.get('DPoP')!;
    expect(proof).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
    const [head, body, signature] = proof.split('.') as [string, string, string];
    const [header, claims] = [head, body].map(
      (part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>,
    );
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } });
    expect(claims).toEqual({
      jti: expect.stringMatching(/^[!-~]{20,128}$/),
      htm: 'POST',
      htu: 'https://api.example.com/api/auth/refresh',
      iat: 1_700_000_000,
      ath: hashOf(token),
      nonce: 'newest',
    });
    const key = createPublicKey({ key: header!.jwk as JsonWebKey, format: 'jwk' });
    const verifier = { key, dsaEncoding: 'ieee-p1363' } as const;
    const isGood = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      verifier,
      Buffer.from(signature, 'base64url'),
    );
    expect(isGood).toBe(true);
  });
});
