import { canonicalUrl } from './app.aliases.js';
import type { ApiPaths } from './platform/http/index.js';

/** Where Evergreen is the whole server: a team's own routes have aliases and limits as ours have. */
export const WHOLE_SERVER: ApiPaths = { isWholeServer: true, canonicalUrl, isOwn: () => true };

/** All routes that have aliases, by their canonical paths. */
const ROUTES =
  /^\/api\/(auth\/(register|login|refresh|logout|logout-all|verify|me|change-password|reauthenticate|forgot-password|reset-password|verify-email|send-verification|change-email|undo-email-change|send-deletion-code|delete-account|events|introspect|identities(\/[^/]+)?|with\/[^/]+(\/callback)?|test-token-expiration)|sessions(\/[^/]+)?|users\/me(\/export)?|feed\/revocations)$/;

/** In any case: Express finds a route by `/API/Auth/Login`, too. */
const OWN =
  /^\/(api\/(auth|sessions|users\/me|admin|feed)|health|mailbox|mailbox\.json|metrics|docs|openapi\.json|\.well-known\/jwks\.json)(\/|$)/i;

/**
 * In an application that has routes of its own: only the aliases of our routes are replaced, so
 * `/users/42` stays that application's.
 */
export function ownPaths({ aliases }: { readonly aliases: boolean }): ApiPaths {
  return {
    isWholeServer: false,
    canonicalUrl: aliases ? canonicalUrlOfOwnRoute : (url) => url,
    isOwn: (canonical) => OWN.test(pathOf(canonical)),
  };
}

function canonicalUrlOfOwnRoute(url: string): string {
  const canonical = canonicalUrl(url);
  return ROUTES.test(pathOf(canonical)) ? canonical : url;
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
