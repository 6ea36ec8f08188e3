import { indexedDbKeys } from '../../../src/binding/index.js';

/** What a tab does with the key: each call reads it from where it is stored. */
Object.assign(globalThis, {
  makeKey: async () => (await indexedDbKeys().make())?.publicJwk.x,
  readKey: async () => (await indexedDbKeys().read())?.publicJwk.x,
  sign: async () =>
    new Uint8Array(await (await indexedDbKeys().read())!.sign(new Uint8Array(1))).length,
  /** What script of somebody else would try. */
  exportKey: async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('evergreen-auth', 1);
      opening.onsuccess = () => resolve(opening.result);
    });
    const pair = await new Promise<CryptoKeyPair>((resolve) => {
      const read = database.transaction('records').objectStore('records').get('key:session');
      read.onsuccess = () => resolve(read.result as CryptoKeyPair);
    });
    database.close();
    const formats = ['jwk', 'pkcs8', 'raw'] as const;
    const exported = formats.map((format) =>
      crypto.subtle.exportKey(format as 'raw', pair.privateKey).then(
        () => 'exported',
        (error: unknown) => (error as Error).name,
      ),
    );
    return Promise.all(exported);
  },
});
