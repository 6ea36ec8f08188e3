import { PAGES } from '../../pages.js';
import { pageFrom } from './page-from.js';

const TO = 'to';

/**
 * The page that a login provider is to lead back to, below the path of the console: the one to sign
 * in, which takes the session over, and then leads to the page that was wanted. Where the form
 * stands in place of a page that needs a session, that is this page.
 *
 * @param state of the browser's history, which a way through other sites does not keep
 */
export function pageAfterProvider(path: string, state: unknown, pages: readonly string[]): string {
  const isForm = path === PAGES.signIn || path === PAGES.signUp;
  return `${PAGES.signIn}?${TO}=${isForm ? pageFrom(state, pages) : path}`;
}

/** The page that was wanted before the way to a provider; undefined where there was no such way. */
export function pageWanted(search: string, pages: readonly string[]): string | undefined {
  const from = new URLSearchParams(search).get(TO);
  return from === null ? undefined : pageFrom({ from }, pages);
}
