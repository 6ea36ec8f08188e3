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
  /** Called where a request needs a proof of who the user is. */
  var onReauthenticate: (() => Promise<void>) | undefined;
  var asked: number;
  var isReady: boolean | undefined;
}
