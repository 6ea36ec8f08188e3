export { ApiProblems } from './api-problems.decorator.js';
export {
  CurrentSession,
  CurrentUser,
  IS_PUBLIC,
  IS_WITHOUT_RENEWAL,
  NoRenewal,
  Public,
} from './decorators.js';
export { IsEmailAddress, IsText } from './text.decorator.js';
export type { Principal } from './principal.js';
export { createValidationPipe } from './validation.pipe.js';
export { allowOrigins } from './cors.js';
export { addAnswerHeaders } from './answer-headers.js';
export { measureRequests } from './request-metrics.js';
export { limitUrls } from './request-limits.js';
export { noteSignOut, signOutOf } from './sign-out.js';
export { fastifyOptions } from './fastify-options.js';
export { parseJsonBodies } from './json-body.js';
