export { ApiProblems, documentEarlyProblems, GuardedProblems } from './api-problems.decorator.js';
export { IsLine, IsText } from './text.decorator.js';
export { MAX_PAGE_ENTRIES, PageLimit } from './page-limit.decorator.js';
export { isOwnOrigin, mayCall, publicPathOf } from './origins.js';
export { fastifyOf } from './fastify-of.js';
export type { RenewedToken } from './request-context.js';
export { cacheResponses } from './cached-responses.js';
export { fastifyOptions } from './fastify-options.js';
