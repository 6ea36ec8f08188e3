export { type AccessCookieOptions, keepAccessCookie } from './keep-access-cookie.js';
