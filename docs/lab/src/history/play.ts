import type { Answer, Outcome, Presenter, Rule, RuleSession, Standing } from '../rules/rule.js';
import { type Actor, type History, isWait, type Move, type Step } from './step.js';
import { FIRST, isSame, type Token } from './token.js';

/** Who holds a token: the tabs share what their browser stores. */
export const HOLDERS = ['browser', 'clone', 'thief', 'backup'] as const;
export type Holder = (typeof HOLDERS)[number];

/** Who can be signed out. A renderer answers with the cookie of the browser. */
export type Party = 'browser' | 'clone' | 'thief';

/**
 * - `absent`: it holds no token;
 * - `waiting`: it holds one, and has presented none yet;
 * - `in`: it has been given tokens, and its last refresh was not refused;
 * - `refused`: it was given nothing;
 * - `out`: it was given tokens, and is shut out now.
 */
export type ThiefStatus = 'absent' | 'waiting' | 'in' | 'refused' | 'out';

/** A token that was issued, as the picture shows it. */
export interface ShownToken {
  readonly token: Token;
  readonly parent?: Token;
  readonly standing: Standing;
}

/** A response on its way to an actor. */
export interface Flight {
  readonly actor: Actor;
  readonly presented: Token;
  /** Nothing, if the response is a refusal. */
  readonly token?: Token;
  readonly outcome: Outcome;
}

/** What a step was, and where everything stands after it. */
export interface Frame {
  /** Nothing for the start, before the first step. */
  readonly step?: Step;
  /** Milliseconds since the start of the history. */
  readonly now: number;
  readonly presented?: Token;
  readonly received?: Token;
  readonly outcome?: Outcome;
  /** Why nothing happened, where the step was not possible. */
  readonly skipped?: 'signed out' | 'holds no token' | 'nothing to receive';
  readonly tokens: readonly ShownToken[];
  readonly holders: Readonly<Partial<Record<Holder, Token>>>;
  readonly flights: readonly Flight[];
  readonly hasSessionEnded: boolean;
  /** Honest parties that are signed out. */
  readonly signedOut: readonly Party[];
  readonly thief: ThiefStatus;
  /** Whether the thief looks like the browser of the victim. */
  readonly isDisguised: boolean;
}

interface Issued {
  readonly token: Token;
  readonly parent?: Token;
}

interface World {
  readonly session: RuleSession;
  readonly now: number;
  readonly issued: readonly Issued[];
  readonly holders: Frame['holders'];
  readonly flights: readonly Flight[];
  readonly hasSessionEnded: boolean;
  readonly refused: readonly Party[];
  readonly hasThiefPresented: boolean;
  readonly wasThiefGranted: boolean;
  readonly isDisguised: boolean;
}

type Event = Pick<Frame, 'presented' | 'received' | 'outcome' | 'skipped'>;
type Next = readonly [World, Event];

const BROWSER: Presenter = { fingerprint: 'browser', hasKey: true };

/**
 * What becomes of a history under a rule: one frame for the start, with a session that has just
 * begun in the browser, and one for each step. All clients keep the same contract, whatever the
 * rule: they adopt a response only while they still hold the token that they presented.
 */
export function play(history: History, rule: Rule): readonly Frame[] {
  let world = startOf(rule);
  const frames = [frameOf(world, {})];
  for (const step of history) {
    const [next, event] = after(world, step);
    world = next;
    frames.push(frameOf(world, { step, ...event }));
  }
  return frames;
}

function startOf(rule: Rule): World {
  return {
    session: rule.begin(BROWSER),
    now: 0,
    issued: [{ token: FIRST }],
    holders: { browser: FIRST },
    flights: [],
    hasSessionEnded: false,
    refused: [],
    hasThiefPresented: false,
    wasThiefGranted: false,
    isDisguised: false,
  };
}

function after(world: World, step: Step): Next {
  if (isWait(step)) return [{ ...world, now: world.now + step.waitSeconds * 1000 }, {}];
  switch (step.action) {
    case 'refresh':
    case 'refresh-lost':
    case 'refresh-late':
    case 'refresh-unstored':
      return refresh(world, step);
    case 'receive':
      return receive(world, step.actor);
    case 'backup':
      return copyToken(world, 'backup', world.holders.browser);
    case 'restore':
      return copyToken(world, 'browser', world.holders.backup);
    case 'copy':
      return copyToken(world, 'clone', world.holders.browser);
    case 'steal':
      return copyToken(world, 'thief', world.holders.browser);
    case 'find':
      return copyToken(world, 'thief', FIRST);
    case 'disguise':
      return [{ ...world, isDisguised: true }, {}];
  }
}

function refresh(world: World, { actor, action }: Move): Next {
  const presented = world.holders[holderOf(actor)];
  if (!presented) return [world, { skipped: skippedBecause(world, actor) }];
  const answer = world.session.present(presented, presenterOf(world, actor), world.now);
  const { outcome } = answer;
  const event = { presented, outcome, received: tokenOf(answer) };
  const served = serve(world, actor, answer);
  const flight: Flight = { actor, presented, outcome, token: tokenOf(answer) };
  if (action === 'refresh-lost') return [served, event];
  if (action === 'refresh-late')
    return [{ ...served, flights: [...served.flights, flight] }, event];
  // Who stores nothing goes on with the token that it has presented.
  const isStored = action === 'refresh' || !flight.token;
  return [adopt(served, isStored ? flight : { ...flight, token: presented }), event];
}

/** What the server has done, whether or not its response arrives. */
function serve(world: World, actor: Actor, answer: Answer): World {
  const isThief = actor === 'thief';
  const served = {
    ...world,
    session: answer.session,
    hasSessionEnded: world.hasSessionEnded || answer.outcome === 'reused',
    hasThiefPresented: world.hasThiefPresented || isThief,
  };
  if (!('token' in answer)) return served;
  const { token, parent } = answer;
  const isNew = !world.issued.some((issued) => isSame(issued.token, token));
  return {
    ...served,
    wasThiefGranted: world.wasThiefGranted || isThief,
    issued: isNew ? [...world.issued, { token, parent }] : world.issued,
  };
}

function receive(world: World, actor: Actor): Next {
  const flight = world.flights.find((candidate) => candidate.actor === actor);
  if (!flight) return [world, { skipped: 'nothing to receive' }];
  const landed = { ...world, flights: world.flights.filter((other) => other !== flight) };
  return [adopt(landed, flight), { received: flight.token }];
}

/** A response arrives. It counts only while its receiver still holds what it has presented. */
function adopt(world: World, { actor, presented, token, outcome }: Flight): World {
  const holder = holderOf(actor);
  // Without a proof of the key the server says nothing about the session.
  if (!isSame(world.holders[holder], presented) || outcome === 'unproved') return world;
  if (token) return { ...world, holders: { ...world.holders, [holder]: token } };
  const refused = [...world.refused, partyOf(actor)];
  return { ...world, refused, holders: { ...world.holders, [holder]: undefined } };
}

function copyToken(world: World, to: Holder, token: Token | undefined): Next {
  if (!token) return [world, { skipped: 'holds no token' }];
  const refused = to === 'backup' ? world.refused : world.refused.filter((party) => party !== to);
  return [{ ...world, refused, holders: { ...world.holders, [to]: token } }, { received: token }];
}

function frameOf(world: World, event: Event & { readonly step?: Step }): Frame {
  const { now, session, holders, flights, hasSessionEnded, isDisguised } = world;
  const tokens = world.issued.map(({ token, parent }) => ({
    token,
    parent,
    standing: session.standing(token, now),
  }));
  return {
    ...event,
    now,
    tokens,
    holders,
    flights,
    hasSessionEnded,
    isDisguised,
    signedOut: signedOutOf(world),
    thief: thiefOf(world),
  };
}

function signedOutOf({ hasSessionEnded, holders, refused }: World): readonly Party[] {
  if (!hasSessionEnded) return [...new Set(refused)].filter((party) => party !== 'thief');
  return ['browser', ...(holders.clone || refused.includes('clone') ? ['clone' as const] : [])];
}

function thiefOf(world: World): ThiefStatus {
  const { holders, hasThiefPresented, wasThiefGranted } = world;
  if (!hasThiefPresented) return holders.thief ? 'waiting' : 'absent';
  if (!wasThiefGranted) return 'refused';
  return world.hasSessionEnded || world.refused.includes('thief') ? 'out' : 'in';
}

function presenterOf({ isDisguised }: World, actor: Actor): Presenter {
  switch (actor) {
    case 'tabA':
    case 'tabB':
    // A copy of a profile holds its device id and its key file, too.
    case 'clone':
      return BROWSER;
    case 'renderer':
      return { fingerprint: 'renderer', hasKey: false };
    case 'thief':
      return { fingerprint: isDisguised ? BROWSER.fingerprint : 'thief', hasKey: false };
  }
}

/** Whose token an actor presents: a renderer reads the cookie of the browser. */
function holderOf(actor: Actor): Holder {
  return actor === 'clone' || actor === 'thief' ? actor : 'browser';
}

function partyOf(actor: Actor): Party {
  return actor === 'clone' || actor === 'thief' ? actor : 'browser';
}

function skippedBecause({ refused, hasSessionEnded }: World, actor: Actor): Frame['skipped'] {
  return hasSessionEnded || refused.includes(partyOf(actor)) ? 'signed out' : 'holds no token';
}

function tokenOf(answer: Answer): Token | undefined {
  return 'token' in answer ? answer.token : undefined;
}
