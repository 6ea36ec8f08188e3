export {
  CurrentSession,
  CurrentUser,
  IS_PUBLIC,
  IS_WITHOUT_RENEWAL,
  NoRenewal,
  Public,
} from './decorators.js';
export type { Principal } from './principal.js';
