export { type Binding, type BindingOptions, createBinding } from './binding.js';
export { indexedDbKeys } from './indexed-db-keys.js';
export { type Bytes, type KeyStore, type PublicJwk, type SigningKey } from './signing-key.js';
