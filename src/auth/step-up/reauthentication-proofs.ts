import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';

/** Metadata key behind `@ReauthenticationProof()`. */
const PROOF_NAME = 'evergreen:reauthentication-proof';

/** A way to prove who one is, besides the password. */
export interface ReauthenticationVerifier {
  /** How it is named among the ways to prove who one is (RFC 8176), such as `['hwk']`. */
  readonly amr: readonly string[];
  /**
   * True if `response` proves that the user of this session is there. A response must work once:
   * make it an answer to a challenge, and forget the challenge.
   */
  verify(
    response: string,
    session: { readonly id: string; readonly userId: string },
  ): boolean | Promise<boolean>;
}

/**
 * Registers a provider, which must be a `ReauthenticationVerifier`, as a way to prove who one is:
 * `POST /api/auth/reauthenticate` takes `{ "proof": "<name>", "response": "…" }`.
 */
export function ReauthenticationProof(name: string): ClassDecorator {
  return applyDecorators(Injectable(), SetMetadata(PROOF_NAME, name));
}

/** The ways to prove who one is that a team has registered. */
@Injectable()
export class ReauthenticationProofs {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /** Undefined if there is none of this name. */
  find(name: string): ReauthenticationVerifier | undefined {
    const found = this.discovery
      .getProviders()
      .find(({ metatype }) => metatype && this.reflector.get(PROOF_NAME, metatype) === name);
    return found?.instance as ReauthenticationVerifier | undefined;
  }
}
