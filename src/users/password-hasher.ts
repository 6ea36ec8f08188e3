import { Injectable } from '@nestjs/common';
import { compare, genSaltSync, getRounds, hash } from 'bcrypt';
import { Config } from '../platform/config/index.js';
import { HashQueue } from './hash-queue.js';
import { composed, isHashable } from './password-policy.js';

/**
 * Takes as long to compare with as any other. To hash something for it would hold up each start.
 */
const DIGEST_OF_NOBODY = '.'.repeat(31);

/** What bcrypt's own hashes begin with. */
const PREFIX = '$2b$';

/**
 * Other names of the same algorithm, for passwords of the length that may be chosen here: PHP and
 * Spring write `$2y$`, older systems `$2a$`.
 */
const OTHER_PREFIX = /^\$2[ay]\$/;

/**
 * Hashes and compares passwords with bcrypt, in libuv's thread pool. Throws Problem
 * `service_unavailable` where too many do.
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
   * Of its composed form.
   *
   * @param password one that `isAcceptablePassword`
   * @param ip of whom it is done for
   */
  async hash(password: string, ip: string | null = null): Promise<string> {
    return this.queue.run(() => hash(composed(password), this.cost), ip);
  }

  /**
   * True where the password belongs to the hash, also one of `$2a$` or `$2y$`: as it was typed, as
   * older hashes and those of other systems were made of it, or else in its composed form. Takes as
   * long without a hash, and for a password that is too long to be anybody's, or the time of an
   * answer would tell which addresses are registered.
   *
   * @param ip of whom it is done for
   */
  async verify(
    password: string,
    passwordHash: string | undefined,
    ip: string | null = null,
  ): Promise<boolean> {
    const forms = new Set([password, composed(password)]);
    return this.queue.run(async () => {
      for (const form of forms) if (await this.matches(form, passwordHash)) return true;
      return false;
    }, ip);
  }

  /**
   * True where a hash was made at a lower cost than is configured today, or taken over from a
   * system that names the algorithm otherwise.
   */
  isOutdated(passwordHash: string): boolean {
    return OTHER_PREFIX.test(passwordHash) || getRounds(passwordHash) < this.cost;
  }

  private async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    const canMatch = passwordHash !== undefined && isHashable(password);
    const compared = canMatch
      ? passwordHash.replace(OTHER_PREFIX, () => PREFIX)
      : this.hashOfNobody;
    const matches = await compare(password, compared);
    return canMatch && matches;
  }
}
