import type { GoodToken } from '../verdict.js';
import type { Verifier } from '../verifier.js';
import { refusalOf, refusalOfScheme, refusalWithoutToken, type Refusal } from './refusal.js';
import { hasProofScheme, tokenFromHeader, type RequestHead } from './request-token.js';

/** Either is there. */
export type Admission =
  | { readonly auth: GoodToken; readonly refusal?: undefined }
  | { readonly auth?: undefined; readonly refusal: Refusal };

/** Judges a request by the access token in its `Authorization` header. */
export async function admit(
  verifier: Pick<Verifier, 'verify'>,
  request: RequestHead,
): Promise<Admission> {
  if (hasProofScheme(request)) return { refusal: refusalOfScheme(request) };
  const token = tokenFromHeader(request);
  if (token === null) return { refusal: refusalWithoutToken(request) };
  const verdict = await verifier.verify(token);
  return verdict.kind === 'good' ? { auth: verdict } : { refusal: refusalOf(verdict, request) };
}
