import { Injectable } from '@nestjs/common';
import { decideFreshProof, FRESH_PROOF_SECONDS } from '#protocol';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { PasswordHasher, UsersService, type User } from '../../users/index.js';
import type { AccessToken } from '../tokens/claims.js';
import { isRecent } from '../tokens/expiry.js';

/** What the access token of a request says about who makes it. */
export type TokenOwner = Pick<AccessToken, 'userId' | 'sessionId' | 'authenticatedAt'>;

/**
 * One rule for every change of how a user signs in: who has a password must give it, and who has
 * none must have proved who they are at most 300 seconds ago.
 */
@Injectable()
export class FreshProof {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Returns the user, whose `passwordHash` is the one that was verified, or null. A transaction that
   * relies on the proof must check that it is still the same.
   *
   * @throws Problem `validation_failed` for a password that is missing, `current_password_invalid`,
   * `reauthentication_required` with `max_age`; `session_revoked` if the user is gone meanwhile
   */
  async require(
    owner: TokenOwner,
    currentPassword: string | null | undefined,
    client: SessionClient,
  ): Promise<User> {
    const user = await this.users.findById(owner.userId);
    if (!user) throw new Problem('session_revoked');
    const decision = decideFreshProof({
      hasPassword: user.passwordHash !== null,
      currentPassword: await this.judgePassword(currentPassword, user, client),
      isLoginRecent: isRecent(owner, FRESH_PROOF_SECONDS, this.clock.nowMs(), this.config.tokens),
    });
    switch (decision.kind) {
      case 'proved':
        return user;
      case 'password_missing':
        throw isMissing('current_password');
      case 'login_too_old':
        throw new Problem('reauthentication_required', { maxAgeSeconds: FRESH_PROOF_SECONDS });
      case 'password_wrong':
        await this.noteWrongPassword(owner, client);
        throw new Problem('current_password_invalid');
    }
  }

  private async judgePassword(
    currentPassword: string | null | undefined,
    { passwordHash }: User,
    { ip }: SessionClient,
  ): Promise<'missing' | 'wrong' | 'right'> {
    if (currentPassword === undefined || currentPassword === null) return 'missing';
    return (await this.passwords.verify(currentPassword, passwordHash, ip)) ? 'right' : 'wrong';
  }

  private async noteWrongPassword(
    { userId, sessionId }: TokenOwner,
    client: SessionClient,
  ): Promise<void> {
    await this.events.emit('password_change_failed', { userId, sessionId, client });
  }
}

function isMissing(field: string): Problem {
  const fieldErrors = [{ field, message: `${field} is missing` }];
  return new Problem('validation_failed', { fieldErrors });
}
