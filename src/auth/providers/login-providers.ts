import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Config, ConfigurationError } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import {
  LOGIN_PROVIDER,
  type LoginProviderClass,
  type LoginProviderMetadata,
  type LoginStrategy,
} from './login-provider.js';
import { OpenIdConnect } from './openid-connect.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A login provider that is ready to be used. */
export interface ReadyProvider extends LoginProviderMetadata {
  readonly provider: LoginProviderClass;
  readonly strategy: LoginStrategy;
}

type Known = Omit<ReadyProvider, 'strategy'> & { ready?: Promise<LoginStrategy> | undefined };

/** The login providers: those of a team, and the one of the configuration. */
@Injectable()
export class LoginProviders implements OnApplicationBootstrap {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** @throws ConfigurationError for a name that is invalid, or that two providers have */
  onApplicationBootstrap(): void {
    const { oidc } = this.config;
    if (oidc) {
      const { name, issuer, linksByAddress } = oidc;
      const linkByAddress = linksByAddress ? [issuer] : [];
      this.add({ name, issuer, linkByAddress }, new OpenIdConnect(oidc));
    }
    for (const { instance } of this.discovery.getProviders() as { instance: unknown }[]) {
      const metadata = metadataOf(instance);
      if (metadata) this.add(metadata, instance as LoginProviderClass);
    }
  }

  /** The names of all providers, for pages that offer them; known when the server has started. */
  names(): string[] {
    return this.config.tokens.refreshEnabled ? [...this.known.keys()] : [];
  }

  /**
   * The provider of a name, with its strategy, which is made at its first use: the server starts
   * while a provider is away.
   *
   * @throws Problem `not_found`; what `strategy()` throws
   */
  async ready(name: string): Promise<ReadyProvider> {
    const known = this.known.get(name);
    // Tokens after a redirect are only in the cookie, so without refresh tokens there are none.
    if (!known || !this.config.tokens.refreshEnabled) throw new Problem('not_found');
    known.ready ??= this.make(known);
    return { ...known, strategy: await known.ready };
  }

  private async make(known: Known): Promise<LoginStrategy> {
    try {
      return await known.provider.strategy();
    } catch (error) {
      known.ready = undefined;
      throw error;
    }
  }

  private add(metadata: LoginProviderMetadata, provider: LoginProviderClass): void {
    const { name } = metadata;
    if (!NAME.test(name))
      throw new ConfigurationError([`A login provider cannot have the name "${name}"`]);
    const other = this.known.get(name);
    // A module that is imported with different options has its providers more than once.
    if (other && other.provider.constructor !== provider.constructor)
      throw new ConfigurationError([`Two login providers have the name "${name}"`]);
    this.known.set(name, { ...metadata, provider });
  }
}

function metadataOf(instance: unknown): LoginProviderMetadata | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  return Reflect.getMetadata(LOGIN_PROVIDER, instance.constructor ?? Object) as
    LoginProviderMetadata | undefined;
}
