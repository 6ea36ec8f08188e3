import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Transport } from '#protocol';
import { DATABASE } from '../platform/database/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import {
  SessionsService,
  type EndedSession,
  type Requester,
  type SessionClient,
  type SessionGrant,
} from '../sessions/index.js';
import {
  isAcceptablePassword,
  PasswordHasher,
  UsersService,
  type NewUser,
  type User,
} from '../users/index.js';
import { AccountMails } from './account/account-mails.js';
import { BackgroundWork } from './account/background-work.js';
import { AccountPseudonyms } from './client-info/account-pseudonyms.js';
import { HookedSessions, type ClaimedGrant } from './hooks/hooked-sessions.js';
import { Proofs } from './proofs/proofs.js';
import { FreshProof } from './step-up/fresh-proof.js';
import type { AccessToken } from './tokens/claims.js';

export type Registration = Omit<NewUser, 'passwordHash'> & { readonly password: string };

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Of the session that a registration begins. */
export interface RegistrationOptions {
  readonly transport?: Transport | undefined;
  /** Of the key that the request has proved, to bind the session to it. */
  readonly keyThumbprint?: string | undefined;
}

export interface LoginOptions extends RegistrationOptions {
  readonly rememberMe?: boolean | undefined;
}

export interface PasswordChange {
  /** Of the request. */
  readonly token: AccessToken;
  /** Needed by a user who has a password. */
  readonly currentPassword: string | null | undefined;
  readonly newPassword: string;
  /** Of the key that replaces the one that the token is bound to, by a proof of the latter. */
  readonly newKeyThumbprint?: string | undefined;
}

/** How a password is named among the ways to prove who one is (RFC 8176, section 2). */
const PASSWORD = ['pwd'];

/** A user with the hash that a password was verified against. */
interface VerifiedUser {
  readonly id: string;
  readonly passwordHash: string;
}

/** Registers users, signs them in, and changes their passwords. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hooked: HookedSessions,
    private readonly passwords: PasswordHasher,
    private readonly freshProof: FreshProof,
    private readonly pseudonyms: AccountPseudonyms,
    private readonly mails: AccountMails,
    private readonly proofs: Proofs,
    private readonly background: BackgroundWork,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * Adds a user, begins their first session and mails a link that proves the address, in one
   * transaction. If the address is taken, its owner is told by mail. Hooks of a team are asked in
   * between, outside a transaction: if one refuses or fails, the account is there without a session.
   *
   * @throws Problem `password_unacceptable`, `email_taken`; that of a hook
   */
  async register(
    { password, ...person }: Registration,
    options: RegistrationOptions,
    client: SessionClient,
  ): Promise<ClaimedGrant> {
    requireAcceptable(password);
    const passwordHash = await this.passwords.hash(password, client.ip);
    const account = { ...person, passwordHash };
    const grant = await this.tellingOwner(person.email, () =>
      this.hooked.areHooked
        ? this.createThenBegin(account, options, client)
        : this.database.transaction((transaction) =>
            this.createAndBegin(account, options, client, transaction),
          ),
    );
    await this.events.emit('registered', { ...idsOf(grant), client });
    return grant;
  }

  /**
   * Begins a session. For an unknown address and for a wrong password, the response and its time
   * are the same.
   *
   * @throws Problem `invalid_credentials`; that of a team's hook
   */
  async login(
    { email, password }: Credentials,
    options: LoginOptions,
    client: SessionClient,
  ): Promise<ClaimedGrant> {
    const user = await this.users.findByEmail(email);
    const passwordHash = user?.passwordHash;
    const isRight = await this.passwords.verify(password, passwordHash, client.ip);
    const grant =
      user && passwordHash && isRight
        ? await this.beginSession({ id: user.id, passwordHash }, password, options, client)
        : undefined;
    if (!grant) {
      // Recorded for known and unknown addresses, so that the response time is the same for both.
      await this.events.emit('login_failed', {
        userId: user?.id,
        client,
        details: user ? {} : { unknown_account: this.pseudonyms.of(email) },
      });
      throw new Problem('invalid_credentials');
    }
    await this.events.emit('login_succeeded', {
      ...idsOf(grant),
      client,
      details: { amr: grant.session.amr },
    });
    return grant;
  }

  /**
   * Changes the password, or sets the first one, ends the user's other sessions and begins the next
   * epoch of this one, in one transaction.
   *
   * @throws Problem those of `FreshProof`; `current_password_invalid` if somebody else has changed the
   * password meanwhile; `password_unacceptable`, `session_revoked`; that of a team's hook that fails
   */
  async changePassword(
    { token, currentPassword, newPassword, newKeyThumbprint }: PasswordChange,
    client: SessionClient,
  ): Promise<ClaimedGrant> {
    const user = await this.freshProof.require(token, currentPassword, client);
    const { passwordHash: verifiedHash } = user;
    requireAcceptable(newPassword);

    // Before anything is written: with neither old nor new tokens, the client would be signed out.
    const claims = await this.hooked.claimsOf(token);
    const newHash = await this.passwords.hash(newPassword, client.ip);
    const { sessionId: id, epoch, keyThumbprint } = token;
    const session = { id, userId: user.id, epoch, keyThumbprint, newKeyThumbprint };
    const grant = await this.sessions.beginNextEpoch(session, client, async (transaction) => {
      // The user's row is locked first: logins that verified the old password wait, and then fail.
      const isReplaced = await this.users.replaceHash(user.id, verifiedHash, newHash, transaction);
      if (!isReplaced) throw new Problem('current_password_invalid');
      // Somebody else may have asked for them, who had the old password.
      await this.proofs.end(user.id, ['reset_password', 'change_address'], transaction);
      await this.mails.passwordChanged(user, client, transaction);
    });
    await this.events.emit('password_changed', { ...idsOf(grant), client });
    return { ...grant, claims };
  }

  /** Ends every live session of the user, on every instance. */
  async logoutAll(
    { userId, sessionId }: { userId: string; sessionId: string },
    client: SessionClient,
  ): Promise<EndedSession[]> {
    const ended = await this.sessions.endAll(userId, 'logout_all', client);
    await this.events.emit('logout_all', {
      userId,
      sessionId,
      client,
      details: { sessions: ended.length },
    });
    return ended;
  }

  /**
   * Deactivates a user, who then cannot sign in, and ends all their sessions, in one transaction.
   */
  async deactivate(userId: string, by?: Requester): Promise<EndedSession[]> {
    const ended = await this.sessions.endAll(userId, 'user_deactivated', by, (transaction) =>
      this.users.deactivate(userId, transaction),
    );
    await this.events.emit('user_deactivated', {
      userId,
      client: by,
      details: { sessions: ended.length },
    });
    return ended;
  }

  /** Allows a deactivated user to sign in again. Sessions that were ended stay ended. */
  async reactivate(userId: string, by?: Requester): Promise<void> {
    if (await this.users.reactivate(userId))
      await this.events.emit('user_reactivated', { userId, client: by });
  }

  /** @throws Problem `email_taken`, also while the former owner of the address may return to it */
  private async createAndBegin(
    account: NewUser & { readonly passwordHash: string },
    options: RegistrationOptions,
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<SessionGrant> {
    const user = await this.createUser(account, client, transaction);
    const { passwordHash: verifiedHash } = account;
    const grant = await this.sessions.begin(
      { userId: user.id, amr: PASSWORD, verifiedHash, client, ...options },
      transaction,
    );
    if (!grant) throw new Problem('email_taken');
    return grant;
  }

  /** As `createAndBegin`, with the hooks of a team before the session begins. */
  private async createThenBegin(
    account: NewUser & { readonly passwordHash: string },
    options: RegistrationOptions,
    client: SessionClient,
  ): Promise<ClaimedGrant> {
    const user = await this.database.transaction((transaction) =>
      this.createUser(account, client, transaction),
    );
    const { passwordHash: verifiedHash } = account;
    const grant = await this.hooked.begin({
      userId: user.id,
      amr: PASSWORD,
      verifiedHash,
      client,
      ...options,
    });
    if (!grant) throw new Problem('email_taken');
    return grant;
  }

  private async createUser(
    account: NewUser,
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<User> {
    const user = await this.users.create(account, transaction);
    // After the insertion, which waits for a change of address that is being committed.
    if (!user || (await this.proofs.isReserved(user.email, null, transaction)))
      throw new Problem('email_taken');
    await this.mails.verifyFirstAddress(user, client, transaction);
    return user;
  }

  private async tellingOwner<Result>(email: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.code === 'email_taken')
        this.background.begin('register', () => this.mails.alreadyRegistered(email));
      throw error;
    }
  }

  private async beginSession(
    user: VerifiedUser,
    password: string,
    options: LoginOptions,
    client: SessionClient,
  ): Promise<ClaimedGrant | undefined> {
    const verifiedHash = await this.upToDateHash(user, password, client);
    return this.hooked.begin({
      userId: user.id,
      amr: PASSWORD,
      verifiedHash,
      client,
      ...options,
    });
  }

  /**
   * Hashes the password again if the configured cost was raised since, or if the hash is of another
   * kind. Returns the user's current hash.
   */
  private async upToDateHash(
    user: VerifiedUser,
    password: string,
    { ip }: SessionClient,
  ): Promise<string> {
    const isKept =
      !this.passwords.isOutdated(user.passwordHash) || !this.passwords.canHash(password);
    if (isKept) return user.passwordHash;
    const newHash = await this.passwords.hash(password, ip);
    return (await this.users.replaceHash(user.id, user.passwordHash, newHash))
      ? newHash
      : user.passwordHash;
  }
}

function requireAcceptable(password: string): void {
  if (!isAcceptablePassword(password)) throw new Problem('password_unacceptable');
}

function idsOf({ session }: SessionGrant): { userId: string; sessionId: string } {
  return { userId: session.user.id, sessionId: session.id };
}
