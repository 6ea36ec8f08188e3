import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';

/** A strategy of Passport, as far as it is used: any that redirects. */
export interface LoginStrategy {
  authenticate(request: object, options?: object): unknown;
}

/** Who somebody is, by a login provider. */
export interface ProvidedIdentity {
  /** The provider, by its own name: the `iss` of OpenID Connect, or its URL. */
  readonly issuer: string;
  /** The provider's own name of the user, which it never gives to another one; no address. */
  readonly subject: string;
  readonly email?: string | null | undefined;
  /** Whether the provider says that it has verified the address; unknown means no. */
  readonly emailVerified?: boolean | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  /** How the user has proved it to the provider (RFC 8176); `['fed']` by default. */
  readonly amr?: readonly string[] | undefined;
}

/** What a class with `@LoginProvider()` has. */
export interface LoginProviderClass<Profile = never> {
  /**
   * The strategy. Called once, when it is first used; again if it has failed. It needs no
   * `callbackURL`, and gets an `Error` for what it cannot do.
   */
  strategy(): LoginStrategy | Promise<LoginStrategy>;
  /** Who somebody is, by what the strategy passes to `done`. */
  identify(profile: Profile): ProvidedIdentity | Promise<ProvidedIdentity>;
}

export interface LoginProviderOptions {
  /** The provider's `iss` (RFC 9207): a response that names another issuer is refused. */
  readonly issuer?: string;
  /**
   * The issuers that are trusted to verify addresses: an identity of theirs is linked to the account
   * with the same address, if both sides have verified it.
   */
  readonly linkByAddress?: readonly string[];
}

/** Metadata key behind `@LoginProvider()`. */
export const LOGIN_PROVIDER = 'evergreen:login-provider';

export interface LoginProviderMetadata extends LoginProviderOptions {
  readonly name: string;
}

/**
 * A login provider: users sign in with it at `GET /api/auth/with/{name}`. The class is a provider
 * of one of your modules. See docs/providers.md.
 *
 * @param name of the routes: lower-case letters, digits and hyphens
 */
export function LoginProvider(name: string, options: LoginProviderOptions = {}) {
  const metadata: LoginProviderMetadata = { ...options, name };
  return applyDecorators(Injectable(), SetMetadata(LOGIN_PROVIDER, metadata)) as (
    provider: new (...dependencies: never[]) => LoginProviderClass,
  ) => void;
}
