import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import {
  isOwnOrigin,
  mayCall,
  type HttpReply,
  type HttpRequest,
} from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { clientOf } from '../client-info/client.decorator.js';
import { requireIdentityNames } from '../identities/identity-names.js';
import { TokenResponder } from '../responses/token-responder.js';
import { SignIn } from '../sign-in.js';
import type { ProvidedIdentity } from './login-provider.js';
import { LoginProviders, type ReadyProvider } from './login-providers.js';
import { pageToReturnTo } from './policy/return-to.js';
import { isProviderAway } from './provider-outage.js';
import { parametersOf, providerRequest, publicUrlOf } from './provider-request.js';
import { ProviderSignIn } from './provider-sign-in.js';
import { runStrategy, type StrategyOutcome } from './run-strategy.js';
import { SignInFlows, type Flow, type LinkingSession } from './sign-in-flow.js';

/** What a flow begins with. */
export interface FlowRequest {
  /** A path of this server, or a URL of a page that may call the API; `/` by default. */
  readonly returnTo: string | undefined;
  readonly rememberMe?: boolean | undefined;
  /** Set to link an identity to a user who is signed in. */
  readonly linkTo?: LinkingSession | undefined;
}

/** Takes browsers to login providers, and signs their users in when they come back. */
@Injectable()
export class ProviderFlow {
  private readonly logger = new Logger('LoginProviders');

  constructor(
    private readonly providers: LoginProviders,
    private readonly flows: SignInFlows,
    private readonly signIns: ProviderSignIn,
    private readonly signIn: SignIn,
    private readonly sessions: SessionsService,
    private readonly responder: TokenResponder,
    private readonly keyProofs: KeyProofs,
    private readonly config: Config,
  ) {}

  /**
   * Begins a flow: returns the URL of the provider, and sets the cookie.
   *
   * @throws Problem `not_found`, `validation_failed`, `service_unavailable`, `provider_failed`
   */
  async begin(
    name: string,
    { returnTo, rememberMe, linkTo }: FlowRequest,
    request: HttpRequest,
    reply: HttpReply,
  ): Promise<string> {
    const page = this.requirePage(returnTo, request);
    const provider = await this.ready(name);
    const session: Record<string, unknown> = {};
    const outcome = await this.run(provider, request, new URLSearchParams(), session);
    if (outcome.kind !== 'redirect') throw this.failure(name, outcome);
    const { url, state, isOwnState } = withState(outcome.url);
    const flow = { session, state, isOwnState, returnTo: page, rememberMe, linkTo };
    this.flows.keep(flow, name, reply);
    return url;
  }

  /**
   * Ends a flow: signs the user in, or links the identity, and returns the URL of the page. What
   * has failed is in its fragment, such as `#error=provider_denied`.
   *
   * @throws Problem `not_found`; `sign_in_state_invalid` if this browser has not begun the flow, or
   * too long ago; `service_unavailable` while the provider is away: the request can be repeated
   */
  async end(name: string, request: HttpRequest, reply: HttpReply): Promise<string> {
    const provider = await this.ready(name);
    const { flow, parameters } = this.requireFlow(provider, request);
    try {
      const outcome = await this.run(provider, request, parameters, { ...flow.session });
      if (outcome.kind !== 'success') throw this.failure(name, outcome, parameters);
      await this.complete(await this.identify(provider, outcome.profile), provider, flow, reply);
      this.flows.end(name, reply);
      return flow.returnTo;
    } catch (error) {
      if (!(error instanceof Problem) || error.retryable) throw error;
      this.flows.end(name, reply);
      return `${flow.returnTo}#error=${error.code}`;
    }
  }

  private async complete(
    identity: ProvidedIdentity,
    { linkByAddress = [] }: ReadyProvider,
    { rememberMe, linkTo }: Flow,
    reply: HttpReply,
  ): Promise<void> {
    const client = clientOf(reply.request);
    if (linkTo) {
      await this.requireLive(linkTo);
      await this.signIns.link(linkTo.userId, identity, client);
      return;
    }
    // Before an account is made for somebody who then could not sign in.
    this.keyProofs.refuseIfRequired();
    const userId = await this.signIns.userOf(identity, linkByAddress, client);
    const { amr = ['fed'] } = identity;
    const proof = { userId, amr, transport: 'cookie', rememberMe } as const;
    await this.responder.respond(await this.signIn.grant(proof, client), reply);
  }

  /** Somebody may have signed out, or changed the password, since they asked to link. */
  private async requireLive(session: LinkingSession): Promise<void> {
    if ((await this.sessions.status(session)) !== 'live') throw new Problem('session_revoked');
  }

  private async identify(
    { name, provider }: ReadyProvider,
    profile: unknown,
  ): Promise<ProvidedIdentity> {
    try {
      const identity = await provider.identify(profile as never);
      requireIdentityNames(identity);
      return identity;
    } catch (error) {
      throw this.failure(name, { kind: 'error', error });
    }
  }

  /**
   * The state must be that of the cookie, which is sealed for this provider: a response that
   * another provider, or another browser, has caused is refused before its code is used.
   */
  private requireFlow({ name, issuer }: ReadyProvider, request: HttpRequest) {
    const parameters = parametersOf(request);
    const state = parameters?.get('state');
    const flow = state ? this.flows.find(request, name, state) : undefined;
    if (!parameters || !flow) throw new Problem('sign_in_state_invalid');
    // Mix-up (RFC 9207): the code of one provider must not be sent to another.
    const named = parameters.get('iss');
    if (issuer !== undefined && named !== null && named !== issuer)
      throw new Problem('sign_in_state_invalid');
    if (flow.isOwnState) parameters.delete('state');
    return { flow, parameters };
  }

  private requirePage(returnTo = '/', request: HttpRequest): string {
    const isAllowed = (origin: string) =>
      isOwnOrigin(origin, request, this.config) || mayCall(origin, this.config);
    const page = pageToReturnTo(returnTo, publicUrlOf(request, this.config), isAllowed);
    if (page !== undefined) return page;
    const message = 'return_to must be a path, or a URL of a page that may call this API';
    throw new Problem('validation_failed', { fieldErrors: [{ field: 'return_to', message }] });
  }

  private async ready(name: string): Promise<ReadyProvider> {
    try {
      return await this.providers.ready(name);
    } catch (error) {
      throw error instanceof Problem ? error : this.failure(name, { kind: 'error', error });
    }
  }

  private run(
    { name, strategy }: ReadyProvider,
    request: HttpRequest,
    parameters: URLSearchParams,
    session: Record<string, unknown>,
  ): Promise<StrategyOutcome> {
    const callbackURL = `${publicUrlOf(request, this.config)}/api/auth/with/${name}/callback`;
    const seen = providerRequest(request, callbackURL, parameters, session);
    return runStrategy(strategy, seen, { callbackURL });
  }

  private failure(name: string, outcome: StrategyOutcome, parameters?: URLSearchParams): Problem {
    if (parameters?.get('error') === 'access_denied') return new Problem('provider_denied');
    const cause = outcome.kind === 'error' ? outcome.error : outcome;
    const isAway = isProviderAway(cause);
    this.logger.warn({ err: cause, provider: name, is_away: isAway }, 'A login provider failed.');
    if (isAway) return new Problem('service_unavailable', { cause, isExpected: true });
    return new Problem('provider_failed', { cause, isExpected: true });
  }
}

/** The state of a redirect, which it gets if the strategy has set none. */
function withState(redirect: string): { url: string; state: string; isOwnState: boolean } {
  const url = new URL(redirect);
  const given = url.searchParams.get('state');
  if (given) return { url: redirect, state: given, isOwnState: false };
  const state = randomBytes(24).toString('base64url');
  url.searchParams.set('state', state);
  return { url: url.href, state, isOwnState: true };
}
