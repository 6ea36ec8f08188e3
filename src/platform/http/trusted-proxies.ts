import { Injectable } from '@nestjs/common';
import { trusts } from '../address/index.js';
import { Config } from '../config/index.js';
import { HttpHooks } from './hooks/index.js';

/** Believes the configured proxies about the client's address and protocol. */
@Injectable()
export class TrustedProxies {
  constructor(hooks: HttpHooks, { trustedProxies }: Config) {
    if (trustedProxies.length > 0) hooks.trustProxies(trusts(trustedProxies));
  }
}
