import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Who signs in at the provider next. */
export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly given_name?: string;
  readonly family_name?: string;
}

export interface ProviderState {
  readonly account?: Account;
  /** The user refuses. */
  readonly isDenied?: boolean;
  /** It responds to everything with 503. */
  readonly isAway?: boolean;
}

export const CLIENT = { client_id: 'evergreen', client_secret: 'of-the-tests' } as const;

/** A real provider of OpenID Connect. */
export interface OidcProvider {
  readonly issuer: string;
  /** Registers our redirect URIs. To be called once. */
  register(redirectUris: readonly string[]): Promise<void>;
  set(state: ProviderState): Promise<void>;
  stop(): Promise<void>;
}

export async function startOidcProvider(): Promise<OidcProvider> {
  const child = fork('test/support/oidc-provider.mjs', { stdio: 'ignore' });
  const [port] = (await once(child, 'message')) as [number];
  const issuer = `http://127.0.0.1:${port}`;
  const send = async (message: object) => {
    child.send(message);
    await once(child, 'message');
  };
  return {
    issuer,
    register: (redirectUris) => {
      const clients = [{ ...CLIENT, redirect_uris: redirectUris }];
      return send({ configuration: { issuer, clients } });
    },
    set: send,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
