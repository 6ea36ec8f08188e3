import { PAGES } from '../../pages.js';

/**
 * The page that leads to the form to sign in, and that comes after it: `{ from }` in the state of the
 * browser's history. Whatever else is there leads to the start page.
 */
export function pageFrom(state: unknown, pages: readonly string[]): string {
  const { from } = Object(state) as { readonly from?: unknown };
  return typeof from === 'string' && pages.includes(from) ? from : PAGES.home;
}
