export { AuthModule } from './auth.module.js';
export { AuthService } from './auth.service.js';
export { countAnswers } from './http/answer-metrics.js';
export { clientOf } from './http/client.decorator.js';
export { clearRefreshCookies } from './http/refresh-cookie.js';
export { RENEWED_TOKEN_HEADERS, writeRenewedTokens } from './http/renewed-token.header.js';
export { tokenFromHeader } from './http/token-sources.js';
