import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { canonicalAddress, isName, UsersService } from '../../users/index.js';
import { AccountMails } from '../account/account-mails.js';
import { Proofs } from '../proofs/proofs.js';
import { Identities } from '../identities/identities.js';
import type { ProvidedIdentity } from './login-provider.js';
import { decideLinking, type LinkingDecision } from './policy/linking.js';

type NewAccount = Extract<LinkingDecision, { kind: 'create' }>;

/** Finds the user of a provider's identity, links one to it, or makes an account for it. */
@Injectable()
export class ProviderSignIn {
  constructor(
    private readonly identities: Identities,
    private readonly users: UsersService,
    private readonly mails: AccountMails,
    private readonly proofs: Proofs,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * The id of the user who signs in by an identity.
   *
   * @param trustedIssuers the issuers that are trusted to verify addresses
   * @throws Problem `identity_not_linked`, `identity_without_address`
   */
  async userOf(
    identity: ProvidedIdentity,
    trustedIssuers: readonly string[],
    client: SessionClient,
  ): Promise<string> {
    const decision = await this.decide(identity, trustedIssuers);
    switch (decision.kind) {
      case 'sign_in':
        return decision.userId;
      case 'link':
        await this.link(decision.userId, identity, client);
        return decision.userId;
      case 'create':
        return this.create(decision, identity, client);
      case 'refuse':
        throw new Problem(decision.code);
    }
  }

  /**
   * Links an identity to a user.
   *
   * @throws Problem `identity_taken`
   */
  async link(userId: string, identity: ProvidedIdentity, client: SessionClient): Promise<void> {
    if (!(await this.identities.link(userId, identity))) return;
    const details = { issuer: identity.issuer };
    await this.events.emit('identity_linked', { userId, client, details });
  }

  private async decide(
    identity: ProvidedIdentity,
    trustedIssuers: readonly string[],
  ): Promise<LinkingDecision> {
    const address = canonicalAddress(identity.email ?? '');
    const addressOwner = address === undefined ? null : await this.users.findByEmail(address);
    return decideLinking({
      linkedUserId: await this.identities.find(identity),
      address,
      isVerifiedThere: identity.emailVerified === true,
      isIssuerListed: trustedIssuers.includes(identity.issuer),
      addressOwner: addressOwner ?? undefined,
    });
  }

  private async create(
    account: NewAccount,
    identity: ProvidedIdentity,
    client: SessionClient,
  ): Promise<string> {
    const userId = await this.database.transaction((transaction) =>
      this.createIn(transaction, account, identity, client),
    );
    const details = { issuer: identity.issuer };
    await this.events.emit('registered', { userId, client });
    await this.events.emit('identity_linked', { userId, client, details });
    return userId;
  }

  /** The same rules as at a registration, but without a password. */
  private async createIn(
    transaction: EntityManager,
    { address: email, isVerified }: NewAccount,
    identity: ProvidedIdentity,
    client: SessionClient,
  ): Promise<string> {
    const names = { firstName: nameIn(identity.firstName), lastName: nameIn(identity.lastName) };
    const account = { email, passwordHash: null, ...names };
    const user = await this.users.create(account, transaction);
    // The address is of somebody who was deactivated, or who may return to it.
    if (!user || (await this.proofs.isReserved(user.email, null, transaction)))
      throw new Problem('identity_not_linked');
    await this.identities.link(user.id, identity, transaction);
    if (isVerified) await this.users.prove(user, {}, transaction);
    else await this.mails.verifyFirstAddress(user, client, transaction);
    return user.id;
  }
}

function nameIn(name: string | null | undefined): string | null {
  return isName(name) ? name : null;
}
