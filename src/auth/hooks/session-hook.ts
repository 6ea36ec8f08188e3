import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { Problem } from '../../platform/errors/index.js';
import type { Transport } from '#protocol';
import type { SessionClient, SessionFacts } from '../../sessions/index.js';
import type { UserAccount } from '../../users/index.js';

/** Metadata key behind `@SessionHook()`. */
export const IS_SESSION_HOOK = 'evergreen:session-hook';

/**
 * A class of a team that decides on sign-ins and refreshes, or adds claims to access tokens: it
 * implements `BeforeSignIn`, `BeforeRefresh`, `ClaimsHook`, or several of them. Make it a provider of
 * a module; it gets its dependencies as every provider does.
 */
export const SessionHook = (): ClassDecorator =>
  applyDecorators(Injectable(), SetMetadata(IS_SESSION_HOOK, true));

/** A session that is to begin. */
export interface SignInRequest {
  /** How the user has proved who they are, by the names of RFC 8176, such as `pwd`. */
  readonly amr: readonly string[];
  readonly transport: Transport;
  readonly rememberMe: boolean | undefined;
  readonly client: SessionClient;
}

/** Undefined means yes. A problem means no: its code, with status 403. */
export type HookDecision = Problem | undefined;

/** Decides whether a session may begin, after the user has proved who they are. */
export interface BeforeSignIn {
  beforeSignIn(user: UserAccount, request: SignInRequest): HookDecision | Promise<HookDecision>;
}

/**
 * Decides whether a session may get new tokens, by a refresh or by `X-New-Token`. A refusal does not
 * end the session.
 */
export interface BeforeRefresh {
  beforeRefresh(user: UserAccount, session: SessionFacts): HookDecision | Promise<HookDecision>;
}

/**
 * Adds claims to access tokens: at most 1 kB as JSON, and none with a name that has a meaning of its
 * own in a token, such as `sub`. Called at each sign-in, refresh and renewal.
 */
export interface ClaimsHook<Claims extends object = Record<string, unknown>> {
  claims(user: UserAccount, session: SessionFacts): Claims | Promise<Claims>;
}
