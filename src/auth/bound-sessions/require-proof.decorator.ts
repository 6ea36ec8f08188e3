import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { HEADERS } from '#protocol';
import { ApiProblems } from '../../platform/documentation/index.js';

/** Metadata key behind `@RequireProof()`. */
export const REQUIRED_PROOF = 'evergreen:required-proof';

/** What a route demands of the proof of a bound session. */
export interface RequiredProof {
  /** If true, the same proof is accepted once: for what must not be repeated by whoever saw it. */
  readonly once?: boolean;
}

/**
 * For routes and resolvers, or all of a class, that a stolen access token must not open: a bound
 * session proves its key with each request (RFC 9449), before anything is read. A method's own
 * takes precedence over that of its class. A session that is bound to no key has none to prove, and
 * is admitted as elsewhere; with `SENDER_CONSTRAINT=required` no such session begins. Messages of
 * sockets and microservices bring no proof, so there a bound session is refused.
 *
 * A request without a good proof gets 401 `proof_required` or `proof_invalid`. It has no effect on
 * a route that is `@Public()`.
 */
export function RequireProof({ once = false }: RequiredProof = {}): ClassDecorator &
  MethodDecorator {
  const problems = ApiProblems('proof_required', 'proof_invalid');
  return applyDecorators(SetMetadata(REQUIRED_PROOF, { once }), AcceptsProof(), problems);
}

/** For `ApiProblems`: a sign-in has no token whose client could be asked to prove its key. */
export const PROOF_REQUIRED_AT_SIGN_IN = { code: 'proof_required', status: 400 } as const;

/** Documents the header with the proof. */
export function AcceptsProof(): ClassDecorator & MethodDecorator {
  return ApiHeader({
    name: HEADERS.proof,
    required: false,
    description:
      'A proof that the client holds the key of its session (RFC 9449). At a sign-in, it binds the session to this key.',
    schema: { type: 'string', example: 'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2…' },
  });
}
