export { AuthModule } from './auth.module.js';
export { AuthService } from './auth.service.js';
export { countAnswers } from './http/answer-metrics.js';
export { clientOf } from './http/client.decorator.js';
export { clearRefreshCookies } from './http/refresh-cookie.js';
export { RENEWED_TOKEN_HEADERS, renewTokens } from './http/renewal.hook.js';
export { RenewalService } from './renewal.service.js';
export { tokenFromHeader } from './http/token-sources.js';
