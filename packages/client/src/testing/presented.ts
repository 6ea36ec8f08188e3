import { HEADERS } from '#protocol';
import { Refusal } from './problems.js';
import { claimedKindOf, type TokenKind } from './tokens.js';

/** Where a request may bring a token. */
export interface Sources {
  readonly request: Request;
  /** Of the `Authorization` header. */
  readonly bearer: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly cookie: string | undefined;
}

/** A token that a request brings, and of which kind it says that it is. */
interface BroughtToken {
  readonly kind: TokenKind;
  readonly text: string;
}

/**
 * The first refresh token in the header, the body or the cookie, which must come from a page of
 * ours. What says that it is none is passed over; an access token counts where there is no refresh
 * token anywhere. Undefined where what the request brings says that it is neither.
 *
 * @throws Refusal `token_missing`, `csrf_failed`
 */
export function findToken({
  request,
  bearer,
  body: { refresh_token },
  cookie,
}: Sources): BroughtToken | undefined {
  const sent = [bearer, refresh_token].filter(isText);
  const found = firstOf('refresh', sent);
  if (found) return found;
  if (cookie) requireOwnPage(request);
  else if (sent.length === 0) throw new Refusal('token_missing');
  return firstOf('refresh', [cookie].filter(isText)) ?? firstOf('access', sent);
}

/** @throws Refusal `csrf_failed` */
export function requireOwnPage(request: Request): void {
  if (!request.headers.has(HEADERS.requestedWith)) throw new Refusal('csrf_failed');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function firstOf(kind: TokenKind, texts: readonly string[]): BroughtToken | undefined {
  const text = texts.find((one) => claimedKindOf(one) === kind);
  return text === undefined ? undefined : { kind, text };
}
