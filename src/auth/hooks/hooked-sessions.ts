import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Clock } from '../../platform/clock/index.js';
import {
  SessionRefresher,
  SessionsService,
  type LiveSession,
  type RefreshOutcome,
  type SessionClient,
  type SessionFacts,
  type SessionGrant,
  type SessionRequest,
} from '../../sessions/index.js';
import { toUserAccount, UsersService, type User } from '../../users/index.js';
import type { RefreshToken } from '../tokens/claims.js';
import type { TeamClaims } from '../tokens/team-claims.js';
import { SessionHooks } from './session-hooks.js';

/** A grant, with what a team's hooks add to its access token. */
export type ClaimedGrant = SessionGrant & { readonly claims?: TeamClaims | undefined };

type WithClaims<Outcome> = Outcome extends { readonly grant: SessionGrant }
  ? Omit<Outcome, 'grant'> & { readonly grant: ClaimedGrant }
  : Outcome;

/** The outcome of a refresh, with what a team's hooks add to the access token that it grants. */
export type HookedOutcome = WithClaims<RefreshOutcome>;

/** A session that may get new tokens, and what a team's hooks add to them. */
interface Allowed {
  readonly claims: TeamClaims | undefined;
  /** Of the user whom the hooks have seen. */
  readonly claimsVersion: number;
}

/**
 * Begins and refreshes sessions as a team's hooks decide. They are asked before anything is written,
 * so a hook that refuses or fails has changed nothing. Without hooks, it only passes calls on.
 */
@Injectable()
export class HookedSessions {
  constructor(
    private readonly hooks: SessionHooks,
    private readonly sessions: SessionsService,
    private readonly refresher: SessionRefresher,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /** False if `SessionsService.begin` may be called in a transaction that creates the user. */
  get areHooked(): boolean {
    return this.hooks.areAny;
  }

  /**
   * Begins a session, for every way to sign in. Undefined as `SessionsService.begin`.
   *
   * @throws Problem of a hook; `internal_error` or `service_unavailable` if one fails
   */
  async begin(request: SessionRequest): Promise<ClaimedGrant | undefined> {
    if (!this.hooks.areAny) return this.sessions.begin(request);
    const user = await this.users.findById(request.userId);
    if (!user) return undefined;

    const { amr, transport = 'body', rememberMe, client } = request;
    const account = toUserAccount(user);
    await this.hooks.beforeSignIn(account, { amr, transport, rememberMe, client });
    const id = newId();
    const session = { id, amr, authenticatedAt: this.clock.nowMs() };
    const claims = await this.hooks.claims(account, session);
    const grant = await this.sessions.begin({ ...request, id });
    return grant && this.withClaims(grant, { claims, claimsVersion: user.claimsVersion });
  }

  /**
   * Refreshes a session.
   *
   * @throws Problem of a hook; `internal_error` or `service_unavailable` if one fails
   */
  refresh(token: RefreshToken, client: SessionClient): Promise<HookedOutcome> {
    return this.hooks.areAny
      ? this.refreshByHooks(token, client)
      : this.refresher.refresh(token, client);
  }

  /**
   * What a team's hooks add to the access token of a session that is to be renewed.
   *
   * @throws Problem of a hook; `internal_error` or `service_unavailable` if one fails
   */
  async renewalClaims(session: LiveSession): Promise<TeamClaims | undefined> {
    if (!this.hooks.areAny) return undefined;
    const allowed = await this.allow(ownedBy(session));
    return this.currentClaims(session, allowed);
  }

  /**
   * What a team's hooks add to the access token of a session that goes on by another proof, such as a
   * change of password.
   *
   * @throws Problem `internal_error` or `service_unavailable` if a hook fails
   */
  async claimsOf(owned: Owned): Promise<TeamClaims | undefined> {
    if (!this.hooks.areAny) return undefined;
    const found = await this.find(owned);
    return found && this.hooks.claims(toUserAccount(found.user), found.session);
  }

  private async refreshByHooks(token: RefreshToken, client: SessionClient): Promise<HookedOutcome> {
    const allowed = await this.allow(token);
    const outcome = await this.refresher.refresh(token, client);
    if (!('grant' in outcome)) return outcome;
    return { ...outcome, grant: await this.withClaims(outcome.grant, allowed) };
  }

  /** Undefined if there is no such live session, which the refresh then finds out, too. */
  private async allow(token: Owned): Promise<Allowed | undefined> {
    const found = await this.find(token);
    if (!found) return undefined;
    const account = toUserAccount(found.user);
    await this.hooks.beforeRefresh(account, found.session);
    const claims = await this.hooks.claims(account, found.session);
    return { claims, claimsVersion: found.user.claimsVersion };
  }

  private async find({ sessionId, userId }: Owned): Promise<Found | undefined> {
    const [user, session] = await Promise.all([
      this.users.findById(userId),
      this.sessions.readFacts(sessionId),
    ]);
    return user && session ? { user, session } : undefined;
  }

  private async withClaims(grant: SessionGrant, seen: Allowed | undefined): Promise<ClaimedGrant> {
    return { ...grant, claims: await this.currentClaims(grant.session, seen) };
  }

  /**
   * Once more, if the user's roles have changed after the hooks were asked: the token will have the
   * later version, so nobody would find its claims to be old.
   */
  private async currentClaims(
    session: LiveSession,
    seen: Allowed | undefined,
  ): Promise<TeamClaims | undefined> {
    return seen?.claimsVersion === session.claimsVersion
      ? seen.claims
      : this.claimsOf(ownedBy(session));
  }
}

interface Owned {
  readonly sessionId: string;
  readonly userId: string;
}

function ownedBy({ id, user }: LiveSession): Owned {
  return { sessionId: id, userId: user.id };
}

interface Found {
  readonly user: User;
  readonly session: SessionFacts;
}
