import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import type { Proof } from '../../mail/index.js';
import { Problem } from '../../platform/errors/index.js';
import { Counters, type Tally } from '../../platform/throttling/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { digitsOf, ProofSecrets } from './proof-secrets.js';
import {
  isFromBrowser,
  type GoodProof,
  type PresentedProof,
  type ProofPurpose,
  type StoredProof,
} from './proof.js';
import { ProofStore, type CodeOwner } from './proof.store.js';

const MINUTES = 60;
const HOUR_MS = 60 * MINUTES * 1000;

/** Long enough to find the mail, too short for an old mailbox to be of use to a thief. */
const LIFETIME_SECONDS = 30 * MINUTES;

/** Somebody on a journey must be able to undo what a thief has done. */
const UNDO_LIFETIME_SECONDS = 72 * 60 * MINUTES;

/** A guesser has 5 in 10^8 chances for each proof. */
const MAX_ATTEMPTS = 5;

/**
 * The mails of one purpose to one address, so that nobody's mailbox can be flooded, and that the
 * codes to guess do not become many.
 */
const MAILS_AN_HOUR = 5;

/** A proof to be mailed. */
export interface ProofRequest {
  readonly purpose: ProofPurpose;
  /** Null if the address has no account; then nobody is told of the proof. */
  readonly userId: string | null;
  readonly address: string;
  /** The result of `recognisableBrowser`. */
  readonly browser: string | null;
  /** The limit per address does not count, since a thief could have used it up. */
  readonly isUnlimited?: boolean;
}

/** Who presents a proof. */
export interface Presenter {
  readonly client: SessionClient;
  /** The account that the request is signed in to. */
  readonly userId?: string | undefined;
}

/** Too many proofs of one purpose were mailed to one address. */
export class TooManyMailsError extends Error {
  constructor(
    readonly address: string,
    readonly purpose: ProofPurpose,
    /** Until one may be mailed again, if that is known. */
    readonly msLeft?: number,
  ) {
    super(`Too many mails of the kind ${purpose} were sent to one address.`);
  }
}

/** Makes, judges and consumes proofs that somebody reads the mail of an address. */
@Injectable()
export class Proofs {
  constructor(
    private readonly store: ProofStore,
    private readonly secrets: ProofSecrets,
    private readonly counters: Counters,
  ) {}

  /**
   * Makes a link's token and a code, of which only hashes are stored.
   *
   * @throws TooManyMailsError if five were mailed to this address within an hour
   */
  async issue(request: ProofRequest, transaction: EntityManager): Promise<Proof> {
    const { isUnlimited = false, ...rest } = request;
    const { count, msLeft } = await this.count(rest);
    if (count > MAILS_AN_HOUR && !isUnlimited)
      throw new TooManyMailsError(rest.address, rest.purpose, msLeft);
    const [id, token, code] = [newId(), this.secrets.newToken(), this.secrets.newCode()];
    const isUndo = rest.purpose === 'undo_address_change';
    const lifetimeSeconds = isUndo ? UNDO_LIFETIME_SECONDS : LIFETIME_SECONDS;
    const isAdded = await this.store.add(
      {
        ...rest,
        id,
        tokenHash: this.secrets.hashToken(token),
        codeHash: this.secrets.hashCode(id, code),
        lifetimeSeconds,
        anHour: isUnlimited ? null : MAILS_AN_HOUR,
      },
      transaction,
    );
    if (!isAdded) throw new TooManyMailsError(rest.address, rest.purpose);
    return { token, code, expiresInMinutes: lifetimeSeconds / MINUTES };
  }

  /** How long to wait, in milliseconds, after `TooManyMailsError`. */
  async waitMs({ address, purpose, msLeft }: TooManyMailsError): Promise<number> {
    return msLeft ?? this.store.waitMs(address, purpose);
  }

  /**
   * The proof of a token, alone in the browser that asked for it or that is signed in to its account,
   * and elsewhere with its code: a program that opens the links of mails, and even presses their
   * buttons, has no code to give. It is not consumed.
   *
   * @throws Problem `link_invalid`, `code_invalid`
   */
  async judgeToken(
    token: string,
    code: string | undefined,
    purposes: readonly ProofPurpose[],
    { client, userId }: Presenter,
  ): Promise<GoodProof> {
    const found = await this.store.findByToken(this.secrets.hashToken(token), purposes);
    if (typeof found?.userId !== 'string') throw new Problem('link_invalid');
    const isByAsker = isFromBrowser(found.browser, client) || found.userId === userId;
    if (!isByAsker) await this.judgeCode(code, { id: found.id }, purposes);
    return { ...found, userId: found.userId, isByAsker };
  }

  /**
   * The proof of a code among those of an owner. It is not consumed; the attempt is counted, also for
   * an address without account, so that the time of the response does not tell which ones have one.
   *
   * @throws Problem `code_invalid`
   */
  async judgeCode(
    code: string | undefined,
    of: CodeOwner,
    purposes: readonly ProofPurpose[],
  ): Promise<StoredProof & { readonly userId: string }> {
    const digits = code === undefined ? undefined : digitsOf(code);
    if (digits === undefined) throw new Problem('code_invalid');
    const candidates = await this.store.claimAttempt(of, purposes, MAX_ATTEMPTS);
    const found = candidates.find(({ id, codeHash }) =>
      this.secrets.isCodeOf(id, codeHash, digits),
    );
    if (typeof found?.userId !== 'string') throw new Problem('code_invalid');
    return { ...found, userId: found.userId };
  }

  /**
   * Consumes a good proof within the transaction of what it allows; of several callers, one succeeds.
   *
   * @throws Problem `link_invalid`, or `code_invalid` if only a code was presented
   */
  async consume(
    { id }: GoodProof,
    presented: PresentedProof,
    transaction: EntityManager,
  ): Promise<void> {
    if (!(await this.store.consume(id, transaction))) throw refusalOf(presented);
  }

  /** Ends the proofs of a user that are for one of these purposes. */
  async end(
    userId: string,
    purposes: readonly ProofPurpose[],
    transaction: EntityManager,
  ): Promise<void> {
    await this.store.end(userId, purposes, transaction);
  }

  /** Ends all proofs of a user but those that undo an earlier change of address than this one. */
  async endAfterUndo({ id, userId }: GoodProof, transaction: EntityManager): Promise<void> {
    await this.store.endAfterUndo(userId, id, transaction);
  }

  /** True if another user may still return to this address, so that nobody can take it meanwhile. */
  async isReserved(
    address: string,
    userId: string | null,
    transaction: EntityManager,
  ): Promise<boolean> {
    return this.store.isReserved(address, userId, transaction);
  }

  /** The old addresses of a user that can still undo a change. */
  async listReserved(userId: string, transaction: EntityManager): Promise<string[]> {
    return this.store.listReserved(userId, transaction);
  }

  /**
   * Counted beside the rows, too, since those go with their user: whoever registers and deletes an
   * account again and again could otherwise flood an address.
   */
  private async count({ purpose, address }: ProofRequest): Promise<Tally> {
    const key = createHash('sha256').update(address).digest('base64url');
    return this.counters.hit(`proofs:${purpose}:${key}`, HOUR_MS);
  }
}

/** What somebody is told whose proof is no longer good. */
export function refusalOf({ token }: PresentedProof): Problem {
  return new Problem(token === undefined ? 'code_invalid' : 'link_invalid');
}
