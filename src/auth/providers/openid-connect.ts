import * as client from 'openid-client';
import { Strategy, type AuthenticateOptions } from 'openid-client/passport';
import type { OpenIdConnectConfig } from '../../platform/config/index.js';
import type { LoginProviderClass, LoginStrategy, ProvidedIdentity } from './login-provider.js';

const RESPONSE_WITHIN_SECONDS = 10;

/** The claims of an ID token, completed by those of the provider's userinfo endpoint. */
type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/**
 * A login provider of OpenID Connect, by configuration alone. Its metadata are read at the first
 * sign-in, and its keys with the first ID token; both are kept.
 */
export class OpenIdConnect implements LoginProviderClass<Claims> {
  constructor(private readonly config: OpenIdConnectConfig) {}

  /** @throws an error of `openid-client` if the provider is away, or is none */
  async strategy(): Promise<LoginStrategy> {
    const config = await this.discover();
    const { scopes: scope } = this.config;
    return new StrategyWithNonce({ config, scope }, (tokens, done) => {
      const verified = done as (error: unknown, claims?: Claims) => void;
      claimsOf(tokens, config).then((claims) => verified(null, claims), verified);
    });
  }

  identify(claims: Claims): ProvidedIdentity {
    const { iss: issuer, sub: subject, email, email_verified, given_name, family_name } = claims;
    return {
      issuer,
      subject,
      email: textOf(email),
      emailVerified: email_verified === true,
      firstName: textOf(given_name),
      lastName: textOf(family_name),
    };
  }

  private async discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    const url = new URL(issuer);
    const execute = [client.enableNonRepudiationChecks];
    // Marked as deprecated as a warning. The configuration allows it in development alone.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (url.protocol === 'http:') execute.push(client.allowInsecureRequests);
    return client.discovery(url, clientId, clientSecret, authenticationBy(clientSecret), {
      execute,
      timeout: RESPONSE_WITHIN_SECONDS,
    });
  }
}

/** Uses a nonce and a state beside PKCE: not every provider checks all of them. */
class StrategyWithNonce extends Strategy {
  override authorizationRequestParams<Options extends AuthenticateOptions>(
    request: Parameters<Strategy['authorizationRequestParams']>[0],
    options: Options,
  ): URLSearchParams {
    const parameters = new URLSearchParams(super.authorizationRequestParams(request, options));
    parameters.set('nonce', client.randomNonce());
    parameters.set('state', client.randomState());
    return parameters;
  }
}

/**
 * How we authenticate at the provider: as its metadata ask for it. Without a word of theirs, it is
 * `client_secret_basic` (OpenID Connect Discovery 1.0, section 3).
 */
function authenticationBy(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...others) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
    const authenticate = methods.includes('client_secret_basic') ? basic : post;
    return authenticate(server, ...others);
  };
}

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

async function claimsOf(tokens: Tokens, config: client.Configuration): Promise<Claims> {
  const claims = tokens.claims();
  if (!claims) throw new Error('The response of the provider contains no ID token.');
  if (claims.email !== undefined || !config.serverMetadata().userinfo_endpoint) return claims;
  const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  return { ...more, ...claims };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
