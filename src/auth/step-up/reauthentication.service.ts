import { Injectable } from '@nestjs/common';
import { Problem, type ErrorCode } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import {
  SessionsService,
  type SessionClient,
  type SessionToRestart,
} from '../../sessions/index.js';
import { PasswordHasher, UsersService } from '../../users/index.js';
import { HookedSessions, type ClaimedGrant } from '../hooks/hooked-sessions.js';
import { ReauthenticationProofs } from './reauthentication-proofs.js';

/** The session whose user is to prove who they are, as a token of it says. */
export type SessionToProve = SessionToRestart & { readonly userId: string };

/** A password, or the response of a way that a team has registered. */
export type PresentedProof =
  { readonly currentPassword: string } | { readonly name: string; readonly response: string };

/** Which ways have proved it, or the code of why not. */
type Verdict = { readonly amr: readonly string[] } | { readonly refused: ErrorCode };

/** Lets the user of a session prove again who they are. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly proofs: ReauthenticationProofs,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
    private readonly hooked: HookedSessions,
  ) {}

  /**
   * Begins the next epoch of the session: its older tokens become void, also those that somebody
   * has stolen, which would else become fresh with the owner's proof. Other sessions continue.
   *
   * @throws Problem `session_revoked`, `current_password_invalid`, `reauthentication_failed`,
   * `validation_failed` for an unknown way
   */
  async reauthenticate(
    session: SessionToProve,
    presented: PresentedProof,
    client: SessionClient,
  ): Promise<ClaimedGrant> {
    await this.sessions.requireProvable(session);
    const verdict = await this.judge(session, presented, client);
    const ids = { userId: session.userId, sessionId: session.id };
    if ('refused' in verdict) {
      await this.events.emit('reauthentication_failed', { ...ids, client });
      throw new Problem(verdict.refused);
    }
    // Before anything is written: with neither old nor new tokens, the client would be signed out.
    const claims = await this.hooked.claimsOf(ids);
    const { amr } = verdict;
    // A change of password meanwhile has ended the session, or these epochs of it.
    const grant = await this.sessions.beginProvenEpoch(session, amr, client);
    await this.events.emit('reauthenticated', { ...ids, client, details: { amr } });
    return { ...grant, claims };
  }

  private async judge(
    session: SessionToProve,
    presented: PresentedProof,
    { ip }: SessionClient,
  ): Promise<Verdict> {
    if ('name' in presented) return this.judgeOther(session, presented.name, presented.response);
    const user = await this.users.findById(session.userId);
    const isRight = await this.passwords.verify(presented.currentPassword, user?.passwordHash, ip);
    return isRight ? { amr: ['pwd'] } : { refused: 'current_password_invalid' };
  }

  private async judgeOther(
    { id, userId }: SessionToProve,
    name: string,
    response: string,
  ): Promise<Verdict> {
    const verifier = this.proofs.find(name);
    if (!verifier) {
      const fieldErrors = [{ field: 'proof', message: 'proof is not one of this server' }];
      throw new Problem('validation_failed', { fieldErrors });
    }
    const isRight = await verifier.verify(response, { id, userId });
    return isRight ? { amr: verifier.amr } : { refused: 'reauthentication_failed' };
  }
}
