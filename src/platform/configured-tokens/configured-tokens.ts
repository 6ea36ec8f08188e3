import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Problem } from '../errors/index.js';
import { Counters, networkOf, RateLimitRejections } from '../throttling/index.js';

const WINDOW_MS = 60_000;

/** Per network: more than people mistype, and far too few to guess 32 bytes. */
const WRONG_TOKENS_A_MINUTE = 60;

/** A request that must contain one of some tokens. */
interface Attempt {
  /** The token in the request; null if there is none. */
  readonly presented: string | null;
  /** The client's address. */
  readonly ip: string;
  /** Called for a wrong token, unless there are too many. */
  readonly onWrong: () => Promise<void>;
}

/** Verifies tokens that are in the configuration: those of operators, and of other services. */
@Injectable()
export class ConfiguredTokens {
  private readonly digests = new Map<string, Buffer>();

  constructor(
    private readonly counters: Counters,
    private readonly rejections: RateLimitRejections,
  ) {}

  /**
   * The name of the token that a request contains. Correct tokens are not counted: somebody else in
   * the network must not lock their owners out.
   *
   * @param limit the name of the limit of wrong tokens
   * @param tokens the tokens by their names
   * @throws Problem `token_missing`, `token_invalid`, `rate_limited`
   */
  async requireOneOf(
    tokens: Readonly<Record<string, string>>,
    limit: string,
    { presented, ip, onWrong }: Attempt,
  ): Promise<string> {
    const name = presented === null ? undefined : this.find(presented, tokens);
    if (name !== undefined) return name;
    const { count, msLeft } = await this.counters.hit(`${limit}:${networkOf({ ip })}`, WINDOW_MS);
    if (count > WRONG_TOKENS_A_MINUTE) this.rejections.rejectRateLimited(limit, msLeft);
    if (presented === null) throw new Problem('token_missing');
    await onWrong();
    throw new Problem('token_invalid');
  }

  /** Compares with all of them, so that the time does not tell which one is similar. */
  private find(presented: string, tokens: Readonly<Record<string, string>>): string | undefined {
    const digest = digestOf(presented);
    const names = Object.entries(tokens)
      .filter(([, token]) => timingSafeEqual(digest, this.digestOf(token)))
      .map(([name]) => name);
    return names[0];
  }

  private digestOf(token: string): Buffer {
    const digest = this.digests.get(token) ?? digestOf(token);
    this.digests.set(token, digest);
    return digest;
  }
}

/** Digests have equal length, so that the comparison takes the same time for every token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
