import { indexedDbKeys } from '../../../src/binding/index.js';

/** What a tab does that signs in: its client asks for the key of the browser. */
Object.assign(globalThis, {
  makeKey: async () => (await indexedDbKeys().make())?.publicJwk.x,
});
