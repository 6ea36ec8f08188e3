export { createHooks } from './create-hooks.js';
export { ExpressHooks } from './express-hooks.js';
export { FastifyHooks } from './fastify-hooks.js';
export { HttpHooks } from './http-hooks.js';
