import { Injectable } from '@nestjs/common';
import { compare, genSaltSync, hash } from 'bcrypt';
import { Config } from '../platform/config/index.js';
import { verifyArgon2 } from './argon2.js';
import { HashQueue } from './hash-queue.js';
import { composed, isHashable } from './password-policy.js';
import { readStoredHash } from './stored-hash.js';

/**
 * A fixed digest: comparing with it takes as long as with any other, and it need not be computed at
 * each start.
 */
const DIGEST_OF_NOBODY = '.'.repeat(31);

/** The prefix of bcrypt's own hashes. */
const PREFIX = '$2b$';

/** Other prefixes of the same algorithm, for passwords of the allowed length. */
const OTHER_PREFIX = /^\$2[ay]\$/;

const LOWEST_COST = 4;

/**
 * How far below the configured cost the comparison is that measures how fast this machine is now: an
 * eighth of the work.
 */
const SAMPLE_BELOW = 3;

/**
 * Hashes passwords with bcrypt, and verifies them against hashes of bcrypt and Argon2, in libuv's
 * thread pool. Throws Problem `service_unavailable` if too many are waiting.
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
   * True if the password matches the hash, which may also be of `$2a$` or `$2y$`, or one of Argon2
   * that needs no more than the allowed memory and time. It tries the password as typed, which older
   * hashes and those of other systems were made of, and then its composed form.
   *
   * Without a hash, and for a password that is too long, it takes the same time as a comparison at
   * the configured cost: otherwise the response time would show which addresses are registered. A
   * wrong password for a cheaper hash takes that time, too.
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
      for (const form of forms) if (await this.matches(form, passwordHash ?? '')) return true;
      return false;
    }, ip);
  }

  /**
   * True if the hash has a lower cost than configured, comes from a system that uses another prefix,
   * or is of Argon2.
   */
  isOutdated(passwordHash: string): boolean {
    const stored = readStoredHash(passwordHash);
    return stored.kind !== 'bcrypt' || stored.cost < this.cost || OTHER_PREFIX.test(passwordHash);
  }

  /**
   * True if bcrypt uses the whole password. Argon2 has no limit, so a password that matches one of
   * its hashes may be longer.
   */
  canHash(password: string): boolean {
    return isHashable(composed(password));
  }

  private async matches(password: string, passwordHash: string): Promise<boolean> {
    const stored = readStoredHash(passwordHash);
    if (stored.kind === 'bcrypt' && isHashable(password))
      return this.matchesBcrypt(password, passwordHash, stored.cost);
    if (stored.kind === 'argon2' && !stored.isTooCostly)
      return this.matchesArgon2(password, { hash: passwordHash, memoryKib: stored.memoryKib });
    await compare(password, this.hashOfNobody);
    return false;
  }

  private async matchesBcrypt(
    password: string,
    passwordHash: string,
    cost: number,
  ): Promise<boolean> {
    const own = passwordHash.replace(OTHER_PREFIX, () => PREFIX);
    if (await compare(password, own)) return true;
    await this.spend(2 ** this.cost - 2 ** cost);
    return false;
  }

  /** The time of Argon2 is measured, and filled up to that of bcrypt as this machine is just now. */
  private async matchesArgon2(
    password: string,
    stored: { readonly hash: string; readonly memoryKib: number },
  ): Promise<boolean> {
    let beganAt = 0;
    const begin = () => (beganAt = performance.now());
    if (await verifyArgon2(password, stored, begin)) return true;
    const argon2Ms = performance.now() - beganAt;
    const sample = Math.max(LOWEST_COST, this.cost - SAMPLE_BELOW);
    const sampleMs = await this.compareInVain(sample);
    const rounds = (argon2Ms / sampleMs + 1) * 2 ** sample;
    await this.spend(2 ** this.cost - Math.round(rounds));
    return false;
  }

  /** Takes as long as so many rounds of bcrypt: one comparison for each bit of their number. */
  private async spend(rounds: number): Promise<void> {
    for (let cost = this.cost; cost >= LOWEST_COST; cost--)
      if (rounds > 0 && Math.floor(rounds / 2 ** cost) % 2 === 1) await this.compareInVain(cost);
  }

  /** Returns how many milliseconds it took. */
  private async compareInVain(cost: number): Promise<number> {
    const beganAt = performance.now();
    const rounds = String(cost).padStart(2, '0');
    await compare('', `${PREFIX}${rounds}${this.hashOfNobody.slice(6)}`);
    return performance.now() - beganAt;
  }
}
