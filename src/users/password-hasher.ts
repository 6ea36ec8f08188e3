import { Injectable } from '@nestjs/common';
import { compare, genSaltSync, getRounds, hash } from 'bcrypt';
import { Config } from '../platform/config/index.js';
import { HashQueue } from './hash-queue.js';
import { composed, isHashable } from './password-policy.js';

/**
 * A fixed digest: comparing with it takes as long as with any other, and it need not be computed at
 * each start.
 */
const DIGEST_OF_NOBODY = '.'.repeat(31);

/** The prefix of bcrypt's own hashes. */
const PREFIX = '$2b$';

/**
 * Other prefixes of the same algorithm, for passwords of the allowed length: PHP and Spring write
 * `$2y$`, older systems `$2a$`.
 */
const OTHER_PREFIX = /^\$2[ay]\$/;

/**
 * Hashes and verifies passwords with bcrypt, in libuv's thread pool. Throws Problem
 * `service_unavailable` if too many are waiting.
 */
@Injectable()
export class PasswordHasher {
  private readonly cost: number;
  private readonly hashOfNobody: string;

  constructor(
    config: Config,
    private readonly queue: HashQueue,
  ) {
    this.cost = config.passwords.bcryptCost;
    this.hashOfNobody = genSaltSync(this.cost) + DIGEST_OF_NOBODY;
  }

  /**
   * Hashes the composed form of a password.
   *
   * @param password one for which `isAcceptablePassword` is true
   * @param ip of the client
   */
  async hash(password: string, ip: string | null = null): Promise<string> {
    return this.queue.run(() => hash(composed(password), this.cost), ip);
  }

  /**
   * True if the password matches the hash, which may also be of `$2a$` or `$2y$`. It tries the
   * password as typed, which older hashes and those of other systems were made of, and then its
   * composed form. Without a hash, and for a password that is too long, it takes the same time:
   * otherwise the response time would show which addresses are registered.
   *
   * @param ip of the client
   */
  async verify(
    password: string,
    passwordHash: string | null | undefined,
    ip: string | null = null,
  ): Promise<boolean> {
    const forms = new Set([password, composed(password)]);
    return this.queue.run(async () => {
      for (const form of forms) if (await this.matches(form, passwordHash)) return true;
      return false;
    }, ip);
  }

  /**
   * True if the hash has a lower cost than configured, or comes from a system that uses another
   * prefix.
   */
  isOutdated(passwordHash: string): boolean {
    return OTHER_PREFIX.test(passwordHash) || getRounds(passwordHash) < this.cost;
  }

  private async matches(
    password: string,
    passwordHash: string | null | undefined,
  ): Promise<boolean> {
    const canMatch = !!passwordHash && isHashable(password);
    const compared = canMatch
      ? passwordHash.replace(OTHER_PREFIX, () => PREFIX)
      : this.hashOfNobody;
    const matches = await compare(password, compared);
    return canMatch && matches;
  }
}
