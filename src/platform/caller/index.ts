export { callerOf, requestOf, type Caller } from './caller.js';
export {
  CurrentSession,
  CurrentUser,
  IS_PUBLIC,
  IS_WITHOUT_RENEWAL,
  NoRenewal,
  Public,
} from './decorators.js';
export { isOwnController, OwnController } from './own-controller.decorator.js';
export type { CallingUser, Principal } from './principal.js';
