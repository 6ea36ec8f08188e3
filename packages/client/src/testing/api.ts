import {
  decideFreshProof,
  FRESH_PROOF_SECONDS,
  HEADERS,
  isAboutProof,
  type ListedSession,
  type RefreshOutcomeName,
  type SessionList,
  type TokenResponse,
  type TokenType,
  type Transport,
  type User,
  type VerifyResponse,
} from '#protocol';
import { type Account, type Asker, createMailed, type FakeMail } from './mailed.js';
import { Response } from './platform.js';
import { findToken, requireOwnPage, type Sources } from './presented.js';
import { missing, Refusal } from './problems.js';
import type { Proof, ProofChecks } from './proofs.js';
import { reply, toResponse } from './replies.js';
import type { AccessGrant, FakeSession, Grant, Sessions } from './sessions.js';
import { type AccessToken, claimedKindOf, readToken, type Token } from './tokens.js';

/**
 * A route of the application's own, behind a good access token as on the real server. It returns
 * a `Response`, or with what is to be the JSON of a 200, or with `undefined` for a 204, or
 * with a promise of these.
 */
export type Handler = (
  request: Request,
  caller: { readonly user: User; readonly session: FakeSession },
) => unknown;

/** What a route of the application's own needs besides a good access token. */
export interface RouteRules {
  /** How long ago the user may have proved who they are, as with `@RequireRecentLogin()`. */
  readonly maxAgeSeconds?: number | undefined;
  /** Whether a bound session must prove its key, as with `@RequireProof()`. */
  readonly proof?: boolean | undefined;
}

/** How sessions are bound to a key of the client, as the server's variables say it. */
export interface BindingRules {
  /** `SENDER_CONSTRAINT`: `offered`. */
  readonly senderConstraint: 'off' | 'offered' | 'required';
  /** `PROOF_ON`: `default`, which is refresh, change-password, reauthenticate and logout. */
  readonly proofOn: 'default' | 'all';
}

/** Responds to requests as the server does. `cookie` is what the browser sends along. */
export interface Api {
  readonly mails: readonly FakeMail[];
  serve(request: Request, cookie: string | undefined): Promise<Response>;
  addUser(account: NewUser): User;
  setPassword(email: string, password: string | null): void;
  handle(route: string, handler: Handler, rules?: RouteRules): void;
  /**
   * What a response makes of the browser's cookie: another one, or null for none. Undefined where it
   * stays as it is.
   */
  cookieOf(response: Response): string | null | undefined;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
}

interface Call extends Sources {
  readonly path: string;
  readonly device: string;
  /** Whether `Authorization` has the scheme `DPoP`. */
  readonly isProofScheme: boolean;
  /** Undefined if the request brings none. */
  readonly proof: Proof | undefined;
}

export function createApi(
  sessions: Sessions,
  proofs: ProofChecks,
  { senderConstraint, proofOn }: BindingRules,
): Api {
  const accounts = new Map<string, Account>();
  const handlers: {
    readonly method: string;
    readonly path: string;
    readonly handler: Handler;
    readonly rules: RouteRules;
  }[] = [];
  const cookies = new WeakMap<Response, string | null>();
  const mailed = createMailed(accounts, sessions, acceptable);

  const open: Readonly<Record<string, (call: Call) => Response>> = {
    'POST /api/auth/register': (call) => respond(begin(register(call), call), 201),
    'POST /api/auth/login': (call) => {
      const { email, password } = call.body;
      const account = accounts.get(String(email));
      if (account?.password === undefined || account.password !== password)
        throw new Refusal('invalid_credentials');
      return respond(begin(account.user, call));
    },
    'POST /api/auth/refresh': (call) => {
      const { response, outcome } = refresh(call);
      response.headers.set(HEADERS.refreshOutcome, outcome);
      return response;
    },
    'POST /api/auth/forgot-password': (call) => {
      mailed.forgotPassword(call);
      return new Response(null, { status: 202 });
    },
    'POST /api/auth/reset-password': (call) => {
      mailed.resetPassword(call);
      return new Response(null, { status: 204 });
    },
    'POST /api/auth/verify-email': (call) => {
      mailed.verifyEmail(askerOf(call));
      return new Response(null, { status: 204 });
    },
    'POST /api/auth/undo-email-change': (call) => {
      mailed.undoEmailChange(call);
      return new Response(null, { status: 204 });
    },
    'POST /api/auth/reauthenticate': (call) => {
      const token = goodAccessToken(call) ?? presentedToken(call);
      requireProof(token, call);
      const { user } = sessions.provable(token);
      const { current_password, proof } = call.body;
      if (typeof current_password !== 'string' || proof !== undefined)
        throw new Refusal('validation_failed', {
          fieldErrors: [{ field: 'current_password', message: 'current_password is needed' }],
        });
      if (accounts.get(user.email)?.password !== current_password)
        throw new Refusal('current_password_invalid');
      return respond(sessions.beginProvenEpoch(token, call.device));
    },
    'POST /api/auth/logout': (call) => {
      const token = goodAccessToken(call) ?? presentedToken(call);
      requireProof(token, call);
      const response = new Response(null, { status: 204 });
      if ((call.body.session_id ?? token.sid) !== token.sid) return response;
      sessions.endByToken(token);
      return withoutCookie(response, call);
    },
  };

  const guarded: Readonly<
    Record<string, (call: Call, token: AccessToken, session: FakeSession) => Response>
  > = {
    'GET /api/auth/verify': (_call, token, { id, user }) =>
      json<VerifyResponse>({
        valid: true,
        user: { id: user.id },
        session_id: id,
        expires_in: sessions.secondsLeft(token),
      }),
    'GET /api/auth/me': (_call, _token, { user }) => json<User>(user),
    'GET /api/users/me': (_call, _token, { user }) => json(user),
    'POST /api/auth/send-verification': ({ device, body }, _token, { user }) => {
      mailed.sendVerification({ device, body, user });
      return new Response(null, { status: 202 });
    },
    'POST /api/auth/change-email': ({ device, body }, token, { user }) => {
      requireFreshProof(accountOf(user), token, body);
      mailed.changeEmail({ device, body, user });
      return new Response(null, { status: 202 });
    },
    'GET /api/sessions': (_call, _token, { id, user }) =>
      json<SessionList>({
        sessions: sessions
          .live()
          .filter((session) => session.user.id === user.id)
          .map((session) => listed(session, id)),
        next_cursor: null,
      }),
  };

  /** They end or replace what they were called with, so their responses renew nothing. */
  const final: typeof guarded = {
    'POST /api/auth/logout-all': (call, _token, { user }) =>
      withoutCookie(json({ revoked: sessions.endAll(user.id) }), call),
    'POST /api/auth/delete-account': (call, token, { user }) => {
      requireFreshProof(accountOf(user), token, call.body);
      mailed.deleteAccount(user);
      return withoutCookie(new Response(null, { status: 204 }), call);
    },
    // No events: nothing is recorded here.
    'GET /api/users/me/export': (_call, _token, { id, user }) =>
      json({
        exported_at: new Date(sessions.now()).toISOString(),
        user,
        identities: [],
        sessions: sessions
          .live()
          .filter((session) => session.user.id === user.id)
          .map((session) => listed(session, id)),
        events: [],
        mails: [],
        mailed_proofs: [],
      }),
    'POST /api/auth/change-password': (call, token, { id, user }) => {
      const { body, device } = call;
      requireProof(token, call);
      const account = accountOf(user);
      requireFreshProof(account, token, body);
      account.password = acceptable(body.new_password);
      mailed.passwordChanged(user);
      return respond(sessions.beginNextEpoch(id, device));
    },
  };

  const accountOf = ({ email }: User) => accounts.get(email) as Account;

  function requireFreshProof(
    { password }: Account,
    token: AccessToken,
    { current_password: given }: Record<string, unknown>,
  ): void {
    const isGiven = given !== undefined && given !== null;
    const isRight = password !== undefined && password === given;
    const decision = decideFreshProof({
      hasPassword: password !== undefined,
      currentPassword: isGiven ? (isRight ? 'right' : 'wrong') : 'missing',
      isLoginRecent: sessions.isRecent(token, FRESH_PROOF_SECONDS),
    });
    switch (decision.kind) {
      case 'proved':
        return;
      case 'password_missing':
        throw missing('current_password');
      case 'password_wrong':
        throw new Refusal('current_password_invalid');
      case 'login_too_old':
        throw new Refusal('reauthentication_required', { maxAgeSeconds: FRESH_PROOF_SECONDS });
    }
  }

  async function serve(request: Request, cookie: string | undefined): Promise<Response> {
    const path = new URL(request.url).pathname;
    try {
      const response = await route(
        request,
        path,
        path.startsWith('/api/auth/') ? cookie : undefined,
      );
      if (request.headers.has(HEADERS.proof))
        response.headers.set(HEADERS.proofNonce, proofs.newNonce());
      return response;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const response = error.toResponse(path);
      if (request.headers.has(HEADERS.proof) || isAboutProof(error.code))
        response.headers.set(HEADERS.proofNonce, proofs.newNonce());
      // Never that of another session, which the same browser may have begun meanwhile.
      if (cookie && error.clearCredentials && sessions.isOver(cookie)) cookies.set(response, null);
      return response;
    }
  }

  async function route(
    request: Request,
    path: string,
    cookie: string | undefined,
  ): Promise<Response> {
    const name = `${request.method} ${path}`;
    const authorization = request.headers.get('Authorization') ?? '';
    const [, scheme = '', text = ''] = /^(Bearer|DPoP) +(.*)$/i.exec(authorization) ?? [];
    const bearer = text.trim() || undefined;
    const isProofScheme = scheme.toLowerCase() === 'dpop';
    const device = request.headers.get(HEADERS.deviceId) ?? 'none';
    const { handler, rules } =
      handlers.find(
        ({ method, path: wanted }) => method === request.method && matches(wanted, path),
      ) ?? {};
    const body = handler ? {} : await readBody(request);
    const proof = proofs.read(request);
    const call = { request, path, bearer, isProofScheme, cookie, device, body, proof };
    if (open[name]) return open[name](call);

    const { token, session } = sessions.admit(bearer);
    if (proofOn === 'all' || rules?.proof) requireProof(token, call);
    else requireBoundUnderScheme(token, call);
    if (final[name]) return final[name](call, token, session);
    const { maxAgeSeconds } = rules ?? {};
    if (maxAgeSeconds !== undefined && !sessions.isRecent(token, maxAgeSeconds))
      throw new Refusal('reauthentication_required', { maxAgeSeconds });
    if (handler) {
      // What is delivered twice is read twice.
      const result = await handler(request.clone(), { user: session.user, session });
      return renewed(toResponse(result), token, call);
    }
    if (guarded[name]) return renewed(guarded[name](call, token, session), token, call);
    const ended = /^DELETE \/api\/sessions\/([^/]+)$/.exec(name)?.[1];
    if (ended) return endOwn(ended, session, call);
    throw new Refusal('not_found');
  }

  function endOwn(id: string, session: FakeSession, call: Call): Response {
    const isOwn = sessions
      .live()
      .some((other) => other.id === id && other.user.id === session.user.id);
    if (!isOwn) throw new Refusal('not_found');
    sessions.end(id);
    return withoutCookie(new Response(null, { status: 204 }), call);
  }

  function addUser({ email, password, first_name = null, last_name = null }: NewUser): User {
    if (!/.@./.test(email))
      throw new Refusal('validation_failed', {
        fieldErrors: [{ field: 'email', message: 'email is not acceptable' }],
      });
    acceptable(password);
    if (accounts.has(email)) throw new Refusal('email_taken');
    const user = { id: crypto.randomUUID(), email, first_name, last_name, email_verified: false };
    accounts.set(email, { user, password });
    return user;
  }

  function setPassword(email: string, password: string | null): void {
    const account = accounts.get(email);
    if (!account) throw new TypeError(`There is no user with the address ${email}.`);
    account.password = password ?? undefined;
  }

  function register({ body, device }: Call): User {
    const account = body as unknown as NewUser;
    if (accounts.has(account.email)) mailed.alreadyRegistered(account.email);
    else if (mailed.isReserved(account.email)) throw new Refusal('email_taken');
    const user = addUser(account);
    mailed.registered(user, device);
    return user;
  }

  /** A link works without a session, a code alone does not. */
  function askerOf({ bearer, body, device }: Call): Asker {
    try {
      return { body, device, user: sessions.admit(bearer).session.user };
    } catch (error) {
      if (body.code !== undefined && body.token === undefined) throw error;
      return { body, device };
    }
  }

  function begin(user: User, call: Call): Grant {
    const {
      request,
      device,
      body: { remember_me, transport },
    } = call;
    if (transport === 'cookie') requireOwnPage(request);
    return sessions.begin(user, device, {
      keyThumbprint: keyOfSignIn(call),
      rememberMe: remember_me as boolean | undefined,
      transport: (transport ?? 'body') as Transport,
    });
  }

  /** A session is bound when it begins, or never. */
  function keyOfSignIn({ proof }: Call): string | undefined {
    if (senderConstraint === 'off') return undefined;
    if (proof) return proofs.thumbprintOf(proof);
    if (senderConstraint === 'required') throw new Refusal('proof_required', { status: 400 });
    return undefined;
  }

  /**
   * Sessions that are not bound have nothing to prove.
   *
   * @throws Refusal `proof_required`, `proof_invalid`
   */
  function requireProof(token: Token, call: Call): void {
    requireBoundUnderScheme(token, call);
    if (!token.cnf) return;
    if (!call.proof) throw new Refusal('proof_required');
    if (!isProved(token, call)) throw new Refusal('proof_invalid');
  }

  function requireBoundUnderScheme({ cnf }: Token, { isProofScheme }: Call): void {
    if (isProofScheme && !cnf) throw new Refusal('proof_invalid');
  }

  /** As a bearer token, a bound one is not proved, whatever comes with it. */
  function isProved({ cnf, typ }: Token, { proof, bearer, isProofScheme }: Call): boolean {
    const isSchemeRight = isProofScheme || bearer === undefined;
    const accessToken = typ === 'access' ? bearer : undefined;
    try {
      return !!proof && isSchemeRight && proofs.thumbprintOf(proof, accessToken) === cnf?.jkt;
    } catch {
      return false;
    }
  }

  function refresh(call: Call): { response: Response; outcome: RefreshOutcomeName } {
    const brought = findToken(call);
    if (brought?.kind === 'access') {
      const { token } = sessions.admit(brought.text);
      requireProof(token, call);
      return { response: respondRenewed(sessions.exchange(token)), outcome: 'renewed' };
    }
    const token = readToken(brought?.text ?? '');
    if (token?.typ !== 'refresh') throw new Refusal('token_invalid', { clearCredentials: true });
    requireProof(token, call);
    const { grant, outcome } = sessions.refresh(token, call.device);
    return { response: respond(grant), outcome };
  }

  /** The page's own, so that it ends the session that it shows, whatever else comes along. */
  function goodAccessToken({ bearer = '' }: Call): Token | undefined {
    try {
      return claimedKindOf(bearer) === 'access' ? sessions.unexpired(bearer) : undefined;
    } catch {
      // Why it is no good is told where there is nothing better.
      return undefined;
    }
  }

  function presentedToken(call: Call): Token {
    const brought = findToken(call);
    if (!brought) throw new Refusal('token_invalid');
    return sessions.unexpired(brought.text);
  }

  function respond(
    { session, accessToken, accessSeconds, refreshToken, refreshSeconds }: Grant,
    status = 200,
  ): Response {
    const isCookie = session.transport === 'cookie';
    const tokens = {
      access_token: accessToken,
      ...(!isCookie && { refresh_token: refreshToken }),
      token_type: tokenTypeOf(session),
    } as const;
    const lifetimes = { expires_in: accessSeconds, refresh_expires_in: refreshSeconds };
    const response = json<TokenResponse>(
      { ...tokens, ...lifetimes, session_id: session.id, user: session.user },
      status,
    );
    if (isCookie) cookies.set(response, refreshToken);
    return response;
  }

  function respondRenewed({ session, accessToken, accessSeconds }: AccessGrant): Response {
    return json<TokenResponse>({
      access_token: accessToken,
      token_type: tokenTypeOf(session),
      expires_in: accessSeconds,
      session_id: session.id,
      user: session.user,
    });
  }

  /** Whoever has stolen the access token of a bound session cannot prolong it. */
  function renewed(response: Response, token: AccessToken, call: Call): Response {
    const mayRenew = response.ok && (!token.cnf || isProved(token, call));
    const next = mayRenew ? sessions.renew(token) : undefined;
    if (next) {
      response.headers.set(HEADERS.newToken, next.accessToken);
      response.headers.set(HEADERS.newTokenExpiresIn, String(next.accessSeconds));
    }
    return response;
  }

  /** The cookie of a session that has ended goes with it. */
  function withoutCookie(response: Response, { cookie }: Call): Response {
    if (cookie && sessions.isOver(cookie)) cookies.set(response, null);
    return response;
  }

  return {
    mails: mailed.mails,
    serve,
    addUser,
    setPassword,
    handle(route, handler, rules = {}) {
      const [method = '', path = ''] = route.split(' ');
      handlers.push({ method, path, handler, rules });
    },
    cookieOf: (response) => cookies.get(response),
  };
}

function tokenTypeOf({ binding }: FakeSession): TokenType {
  return binding === 'key' ? 'DPoP' : 'bearer';
}

/** A path, or the beginning of one before an asterisk. */
function matches(wanted: string, path: string): boolean {
  return wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted;
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await request.clone().text();
  try {
    return text ? (JSON.parse(text) as Record<string, unknown>) : {};
  } catch {
    throw new Refusal('malformed_json');
  }
}

function acceptable(password: unknown): string {
  if (typeof password !== 'string' || password.length < 8)
    throw new Refusal('password_unacceptable');
  return password;
}

function listed(
  { id, binding, createdAt, lastUsedAt, expiresAt }: FakeSession,
  currentId: string,
): ListedSession {
  const at = (instant: number) => new Date(instant).toISOString();
  const times = {
    created_at: at(createdAt),
    last_used_at: at(lastUsedAt),
    expires_at: at(expiresAt),
  };
  return { id, device_name: 'Fake device', ip: null, ...times, binding, current: id === currentId };
}

function json<Body>(body: Body, status = 200): Response {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  };
  return reply(body, { status, headers });
}
