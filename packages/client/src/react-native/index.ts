export { type AppStateModule, appStateSource } from './app-state.js';
export { type AsyncStorageModule, asyncStorage } from './async-storage.js';
export { type BackgroundResult, refreshInBackground } from './background.js';
export { biometricGate, type BiometricPrompt, type PromptAnswer } from './biometric-gate.js';
export { biometricProof, type BiometricProof } from './biometric-proof.js';
export { forgetOnReinstall } from './forget-on-reinstall.js';
export { keychainPrompt, type ProtectingKeychainModule } from './keychain-prompt.js';
export { type KeychainModule, keychainStorage } from './keychain-storage.js';
export {
  type LocalAuthenticationModule,
  localAuthenticationPrompt,
} from './local-authentication-prompt.js';
export { type NetInfoModule, netInfoSource } from './net-info.js';
export { type SecureStoreModule, secureStoreStorage } from './secure-store-storage.js';
