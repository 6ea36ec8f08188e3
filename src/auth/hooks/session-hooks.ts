import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { isOwnProblem, Problem } from '../../platform/errors/index.js';
import type { SessionFacts } from '../../sessions/index.js';
import type { UserAccount } from '../../users/index.js';
import { checkedClaims, MAX_CLAIMS_BYTES, type TeamClaims } from '../tokens/team-claims.js';
import { boundedCall } from './bounded-call.js';
import {
  IS_SESSION_HOOK,
  type BeforeRefresh,
  type BeforeSignIn,
  type ClaimsHook,
  type HookDecision,
  type SignInRequest,
} from './session-hook.js';

type Hook = Partial<BeforeSignIn & BeforeRefresh & ClaimsHook>;

interface NamedHook {
  readonly name: string;
  readonly hook: Hook;
}

const METHODS = ['beforeSignIn', 'beforeRefresh', 'claims'] as const;

/** Finds and calls the session hooks of a team. */
@Injectable()
export class SessionHooks implements OnModuleInit {
  private readonly hooks: NamedHook[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error at the start, for a hook that could never be called */
  onModuleInit(): void {
    const instances = new Set<object>();
    for (const provider of this.discovery.getProviders()) {
      const instance = provider.instance as object | undefined;
      if (!isHook(instance) || instances.has(instance)) continue;
      instances.add(instance);
      const { name } = instance.constructor;
      if (!provider.isDependencyTreeStatic())
        throw new Error(`${name} is a session hook, so it must not be request-scoped.`);
      if (!METHODS.some((method) => typeof instance[method] === 'function'))
        throw new Error(`${name} is a session hook, and has none of its methods.`);
      this.hooks.push({ name, hook: instance });
    }
  }

  /** False if no code of a team needs to be asked. */
  get areAny(): boolean {
    return this.hooks.length > 0;
  }

  /** @throws Problem the refusal of a hook, with status 403; that of `boundedCall` if one fails */
  async beforeSignIn(user: UserAccount, request: SignInRequest): Promise<void> {
    for (const { name, hook } of this.hooks)
      if (hook.beforeSignIn)
        await decide(`${name}.beforeSignIn`, () => hook.beforeSignIn?.(user, request));
  }

  /** @throws Problem the refusal of a hook, with status 403; that of `boundedCall` if one fails */
  async beforeRefresh(user: UserAccount, session: SessionFacts): Promise<void> {
    for (const { name, hook } of this.hooks)
      if (hook.beforeRefresh)
        await decide(`${name}.beforeRefresh`, () => hook.beforeRefresh?.(user, session));
  }

  /**
   * The claims of all hooks together; undefined if there is no such hook.
   *
   * @throws Problem that of `boundedCall` if a hook fails, or returns what a token must not contain
   */
  async claims(user: UserAccount, session: SessionFacts): Promise<TeamClaims | undefined> {
    let all: TeamClaims | undefined;
    for (const { name, hook } of this.hooks)
      if (hook.claims) {
        const known = all;
        all = await boundedCall(`${name}.claims`, async () =>
          together(known, checkedClaims(await hook.claims?.(user, session))),
        );
      }
    return all;
  }
}

/** Whatever the provider is: a class, a factory, or another name of one. */
function isHook(instance: object | undefined): instance is Hook {
  const type: unknown = instance?.constructor;
  return typeof type === 'function' && Reflect.hasOwnMetadata(IS_SESSION_HOOK, type);
}

async function decide(
  name: string,
  hook: () => HookDecision | Promise<HookDecision>,
): Promise<void> {
  const refusal = await boundedCall(name, () => refusalIn(hook));
  if (refusal) throw refusalOf(refusal);
}

/** The problem that a hook has returned, or thrown. */
async function refusalIn(hook: () => unknown): Promise<Problem | undefined> {
  let decision: unknown;
  try {
    decision = await hook();
  } catch (error) {
    if (isOwnProblem(error)) return error;
    throw error;
  }
  if (decision === undefined || isOwnProblem(decision)) return decision;
  throw new Error('It returned neither undefined nor a problem of your own.');
}

/** What a refusal says, whatever the problem is elsewhere: the session must survive it. */
function refusalOf({ options, title, message, retryable }: Problem): Problem {
  const words = { title, detail: message, retryable };
  return new Problem('forbidden', { ...options, ...words, status: 403, clearCredentials: false });
}

function together(one: TeamClaims | undefined, other: TeamClaims): TeamClaims {
  if (!one) return other;
  const twice = Object.keys(other).find((name) => Object.hasOwn(one, name));
  if (twice !== undefined) throw new Error(`Another hook has set the claim ${twice}.`);
  const all = { ...one, ...other };
  if (Buffer.byteLength(JSON.stringify(all)) > MAX_CLAIMS_BYTES)
    throw new Error(`With those of other hooks, the claims exceed ${MAX_CLAIMS_BYTES} bytes.`);
  return all;
}
