import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { deriveSecretKey } from '../tokens/keys/derived-key.js';
import { checkProof, type ProofCheck, type ProofDemand } from './check-proof.js';
import { newNonce } from './nonces.js';
import { requestedUrls, type RequestPlace } from './requested-urls.js';

/** A request that a proof may have been made for. */
export type ProvenRequest = RequestPlace &
  Pick<ProofDemand, 'method' | 'accessToken' | 'expectedThumbprint'>;

/** Checks proofs of possession with the keys, the public URLs and the clock of this instance. */
@Injectable()
export class PossessionProofs {
  /** The first key is for new nonces; all are tried, so that nonces survive a rotation. */
  private readonly nonceKeys: readonly [KeyObject, ...KeyObject[]];

  private readonly publicUrls: Config['publicUrls'];

  constructor(
    { tokens: { secret, previousSecret }, publicUrls }: Config,
    private readonly clock: Clock,
  ) {
    const use = 'proof nonce';
    this.publicUrls = publicUrls;
    this.nonceKeys = [
      deriveSecretKey(secret, use),
      ...(previousSecret ? [deriveSecretKey(previousSecret, use)] : []),
    ];
  }

  /** @param header all values of the request's header `DPoP` */
  check(header: string | readonly string[] | undefined, request: ProvenRequest): ProofCheck {
    const urls = requestedUrls(request, this.publicUrls);
    const { nonceKeys } = this;
    const { method, accessToken, expectedThumbprint } = request;
    const nowMs = this.clock.nowMs();
    return checkProof(header, { method, urls, accessToken, expectedThumbprint, nonceKeys, nowMs });
  }

  /** For the header `DPoP-Nonce` of responses. */
  newNonce(): string {
    return newNonce(this.nonceKeys[0], this.clock.nowMs());
  }
}
