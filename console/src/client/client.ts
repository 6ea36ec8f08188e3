import { createAuthClient } from '@evergreen-auth/client';
import { BASE_URL } from '../base.js';

/** The only client of the console. Its refresh token is in a cookie that script cannot read. */
export const client = createAuthClient({ baseUrl: BASE_URL.href, transport: 'cookie' });
