import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { LowerCaseHeaderName } from '#protocol';
import type { Principal } from '../../platform/caller/index.js';
import { Config } from '../../platform/config/index.js';
import { isAboutProof, Problem } from '../../platform/errors/index.js';
import { HttpHooks, type HttpRequest } from '../../platform/http/index.js';
import { hasNewKey, type ProofCheck } from '../proof-of-possession/check-proof.js';
import { PossessionProofs } from '../proof-of-possession/possession-proofs.js';
import { hasProofScheme, tokenFromHeader } from '../strategies/bearer-token.js';
import { FailedProofs } from './failed-proofs.js';
import {
  PROOF_REQUIRED_AT_SIGN_IN,
  REQUIRED_PROOF,
  type RequiredProof,
} from './require-proof.decorator.js';
import { UsedProofs } from './used-proofs.js';

/** A token that was verified, as it was presented. */
export interface PresentedToken {
  readonly token: Principal & { readonly kind?: 'access' | 'refresh' };
  readonly text: string;
  /** Undefined for what comes without one, such as a message of a socket. */
  readonly request: HttpRequest | undefined;
}

const ONCE_OR_MORE: RequiredProof = {};

/**
 * Checks that requests prove the key of their session: at a sign-in, to bind the new session to it,
 * and for the tokens of bound sessions. It reads no state of a session, changes none, and never
 * asks a client to delete its tokens.
 */
@Injectable()
export class KeyProofs {
  constructor(
    private readonly proofs: PossessionProofs,
    private readonly failed: FailedProofs,
    private readonly used: UsedProofs,
    private readonly reflector: Reflector,
    private readonly config: Config,
    hooks: HttpHooks,
  ) {
    hooks.onSend((request, reply) => {
      // Only clients that make proofs have a use for a nonce.
      if (proofIn(request) === undefined && !isAboutProof(request.evergreen.problem?.code)) return;
      reply.header('dpop-nonce' satisfies LowerCaseHeaderName, this.proofs.newNonce());
    });
  }

  /**
   * The thumbprint of the key that a sign-in proves with its very request; undefined if it brings
   * no proof, so that its session is bound to none. A session is never bound later: whoever had
   * stolen its first token could bind it to a key of their own.
   *
   * @throws Problem `proof_required` with status 400 if sessions must be bound; `proof_invalid`
   */
  keyOfSignIn(request: HttpRequest): string | undefined {
    const { senderConstraint } = this.config.sessions;
    if (senderConstraint === 'off') return undefined;
    if (proofIn(request) === undefined) {
      if (senderConstraint === 'required') throw this.unboundSignIn();
      return undefined;
    }
    const check = this.check(request, {});
    if (check.kind === 'bad') throw this.failed.refuse(check.reason, request);
    return check.thumbprint;
  }

  /**
   * For a sign-in whose request cannot bring a proof, such as a redirect of a login provider.
   *
   * @throws Problem `proof_required` with status 400 if sessions must be bound
   */
  refuseIfRequired(): void {
    if (this.config.sessions.senderConstraint === 'required') throw this.unboundSignIn();
  }

  /**
   * Requires the proof of a bound session on a route that is marked, and on every route if the
   * configuration says so.
   *
   * @throws Problem `proof_required`, `proof_invalid`
   */
  async requireOn(context: ExecutionContext | undefined, presented: PresentedToken): Promise<void> {
    const required = this.requiredOn(context);
    if (required) await this.require(presented, required);
    else this.requireBoundUnderScheme(presented);
  }

  /**
   * Requires the proof of a bound session, whatever the route. A session that is bound to no key
   * passes.
   *
   * @throws Problem `proof_required`, `proof_invalid`
   */
  async require(presented: PresentedToken, { once }: RequiredProof = ONCE_OR_MORE): Promise<void> {
    this.requireBoundUnderScheme(presented);
    const { token, text, request } = presented;
    if (token.keyThumbprint === undefined) return;
    if (!request) throw this.failed.refuse('missing', request, token);
    // Of one request, several resolvers may ask for its proof.
    const { proof } = request.evergreen;
    if (proof?.token === text && (proof.isUsed || !once)) return;
    const check = this.checkOf(token, text, request);
    if (check.kind === 'bad') throw this.failed.refuse(check.reason, request, token);
    // Who sends it as a bearer token would not notice that its session is bound.
    if (isInHeader(text, request) && !hasProofScheme(request))
      throw this.failed.refuse('scheme', request, token);
    if (once && !(await this.used.use(check))) throw this.failed.refuse('used', request, token);
    const { newThumbprint } = check;
    request.evergreen.proof = { token: text, isUsed: once === true, newThumbprint };
  }

  /**
   * The thumbprint of the key that a request names as the next one of its session, by the proof
   * that `require` has found to be good; undefined if it names none. For routes that begin an
   * epoch: a key never changes within one.
   *
   * @throws Problem `proof_invalid` if the session is bound to none: whoever had stolen its token
   * could bind it to a key of their own
   */
  newKeyOf(request: HttpRequest, token: Principal): string | undefined {
    if (token.keyThumbprint !== undefined) return request.evergreen.proof?.newThumbprint;
    if (hasNewKey(proofIn(request))) throw this.failed.refuse('unbound', request, token);
    return undefined;
  }

  /** Whether a request proves the key of its session. True for a session that is bound to none. */
  isProved(token: Principal, request: HttpRequest): boolean {
    if (token.keyThumbprint === undefined) return true;
    const text = tokenFromHeader(request);
    if (text !== null && text === request.evergreen.proof?.token) return true;
    return (
      text !== null && this.checkOf({ ...token, kind: 'access' }, text, request).kind === 'good'
    );
  }

  private requiredOn(context: ExecutionContext | undefined): RequiredProof | undefined {
    const places = context && [context.getHandler(), context.getClass()];
    const marked =
      places && this.reflector.getAllAndOverride<RequiredProof | undefined>(REQUIRED_PROOF, places);
    return marked ?? (this.config.sessions.proofOn === 'all' ? ONCE_OR_MORE : undefined);
  }

  /** The scheme `DPoP` promises a check that a token without a key cannot have. */
  private requireBoundUnderScheme({ token, text, request }: PresentedToken): void {
    if (token.keyThumbprint !== undefined || !request || !hasProofScheme(request)) return;
    if (isInHeader(text, request)) throw this.failed.refuse('scheme', request, token);
  }

  private checkOf(
    { kind, keyThumbprint: expectedThumbprint }: PresentedToken['token'],
    text: string,
    request: HttpRequest,
  ): ProofCheck {
    // RFC 9449, section 5: a proof that goes with a refresh token has no `ath`.
    const accessToken = kind === 'refresh' ? undefined : text;
    return this.check(request, { accessToken, expectedThumbprint });
  }

  private check(
    request: HttpRequest,
    expected: { accessToken?: string | undefined; expectedThumbprint?: string | undefined },
  ): ProofCheck {
    const { method, protocol, headers, originalUrl, url } = request;
    const paths = [originalUrl, url];
    const place = { method, protocol, host: headers.host, paths };
    return this.proofs.check(proofIn(request), { ...place, ...expected });
  }

  private unboundSignIn(): Problem {
    const { code, status } = PROOF_REQUIRED_AT_SIGN_IN;
    return new Problem(code, { status });
  }
}

/** Node joins several headers with commas, which the check refuses. */
function proofIn({ headers }: HttpRequest): string | readonly string[] | undefined {
  return headers['dpop' satisfies LowerCaseHeaderName];
}

function isInHeader(text: string, request: HttpRequest): boolean {
  return tokenFromHeader(request) === text;
}
