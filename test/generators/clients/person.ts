import { randomUUID } from 'node:crypto';

/** The URL of the server that `run.mjs` has started. */
export const API_URL = process.env['API_URL'] ?? '';

/** A new account. Browsers accept its address, and many regular expressions do not. */
export const credentials = {
  email: `o'neil&sons-${randomUUID()}@xn--e1afmkfd.xn--p1ai`,
  password: 'violet-Harbor-73-lantern',
};
