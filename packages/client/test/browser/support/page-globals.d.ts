import type { AuthClient } from '../../../src/core/index.js';

/** What `page.js` gives to every page. */
declare global {
  var client: AuthClient;
  var sent: string[];
  var events: { name: string; reason?: string }[];
  var request: (
    path: string,
    init?: RequestInit & { timeoutMs?: number },
  ) => Promise<number | string>;
  var isReady: boolean | undefined;
}
