export { createLogger, NestLogger } from './logger.js';
export { LOGGER, RequestLog } from './request-log.js';
