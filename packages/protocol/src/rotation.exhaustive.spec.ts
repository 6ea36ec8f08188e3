import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  type Rotation,
  type RotationPolicy,
  type RotationState,
  type TokenPlace,
} from './rotation.js';

const GRACE_SECONDS = 10;
const TICK_MS = 4000;
/** A client gives up on a request before the window ends (the client's side of the contract). */
const CLIENT_TIMEOUT_MS = 8000;
const DAY_MS = 86_400_000;
const DEPTH = 14;
const POLICY: RotationPolicy = { rotationPolicy: 'confirm-on-use', graceSeconds: GRACE_SECONDS };

const newSession = (now: number): RotationState => ({
  ...newChain('browser', now),
  epoch: 0,
  isEnded: false,
  lifetimeSeconds: (30 * DAY_MS) / 1000,
  expiresAt: now + 30 * DAY_MS,
  absoluteExpiresAt: now + 90 * DAY_MS,
});

function present(
  state: RotationState,
  token: TokenPlace,
  fingerprint: string,
  now: number,
): { state: RotationState; decision: Rotation } {
  const decision = decideRotation(state, { ...token, epoch: 0, fingerprint }, now, POLICY);
  switch (decision.kind) {
    case 'rotated':
    case 'reissued':
      return { decision, state: { ...state, ...decision.chain } };
    case 'reused':
      return { decision, state: { ...state, isEnded: true } };
    default:
      return { decision, state };
  }
}

/** A request on its way to the server, or its answer on the way back. */
interface Flight {
  readonly presented: TokenPlace;
  readonly sentAt: number;
  readonly answer?: TokenPlace;
}

/**
 * Two tabs share the browser's store; the renderer reads the browser's cookie and cannot hand a
 * result on.
 */
const CLIENTS = ['tab', 'other tab', 'renderer'] as const;
type ClientName = (typeof CLIENTS)[number];
const fingerprintOf = (client: ClientName) => (client === 'renderer' ? 'renderer' : 'browser');

interface World {
  readonly now: number;
  readonly server: RotationState;
  readonly store: TokenPlace;
  readonly flights: Readonly<Partial<Record<ClientName, Flight>>>;
}

/**
 * Everything that can happen next: sending, serving, losing the request or the answer, a late
 * answer, time passing.
 */
function* successors(world: World): Generator<World> {
  for (const client of CLIENTS) {
    const flight = world.flights[client];
    const land = { ...world, flights: { ...world.flights, [client]: undefined } };
    if (!flight) {
      yield {
        ...world,
        flights: { ...world.flights, [client]: { presented: world.store, sentAt: world.now } },
      };
    } else if (!flight.answer) {
      const { state, decision } = present(
        world.server,
        flight.presented,
        fingerprintOf(client),
        world.now,
      );
      if (!('child' in decision)) throw new Error(`an honest ${client} was told: ${decision.kind}`);
      yield {
        ...world,
        server: state,
        flights: { ...world.flights, [client]: { ...flight, answer: decision.child } },
      };
      yield land; // the request was lost
    } else {
      // An answer is adopted only while the store still holds what was presented.
      const isAdopted = client !== 'renderer' && samePlace(world.store, flight.presented);
      yield isAdopted ? { ...land, store: flight.answer } : land;
      if (isAdopted) yield land; // the answer was lost
    }
  }
  yield pass(world, TICK_MS);
  yield pass(world, DAY_MS);
}

function pass(world: World, ms: number): World {
  const now = world.now + ms;
  const inTime = Object.entries(world.flights).filter(
    ([, flight]) => flight && now - flight.sentAt < CLIENT_TIMEOUT_MS,
  );
  return {
    ...world,
    now,
    server: { ...world.server, expiresAt: now + DAY_MS, absoluteExpiresAt: now + DAY_MS },
    flights: Object.fromEntries(inTime),
  };
}

function samePlace(a: TokenPlace, b: TokenPlace): boolean {
  return a.generation === b.generation && a.key === b.key;
}

/**
 * Two worlds with one key have the same futures: times and generations count from now and from the
 * confirmed token.
 */
function keyOf({ now, server, store, flights }: World): string {
  const age = (at: number) => Math.min(now - at, GRACE_SECONDS * 1000);
  const place = (token?: TokenPlace) =>
    token && [token.generation - server.generation, token.key, token.parentKey];
  return JSON.stringify([
    server.generationKey,
    server.nextKey,
    server.children.map(([key, fingerprint, at]) => [key, fingerprint, age(at)]),
    server.superseded.map(([generation, key, at]) => [
      generation - server.generation,
      key,
      age(at),
    ]),
    place(store),
    CLIENTS.map((client) => flights[client]).map(
      (flight) => flight && [place(flight.presented), now - flight.sentAt, place(flight.answer)],
    ),
  ]);
}

describe('every history of honest clients', () => {
  it(`logs nobody out: two racing tabs and a server-side renderer, with lost and late answers, ${DEPTH} steps deep`, () => {
    const start: World = { now: 0, server: newSession(0), store: FIRST_TOKEN, flights: {} };
    let frontier = [start];
    const seen = new Set([keyOf(start)]);
    for (let depth = 0; depth < DEPTH; depth++) {
      const next: World[] = [];
      for (const world of frontier) {
        for (const successor of successors(world)) {
          const key = keyOf(successor);
          if (seen.has(key)) continue;
          seen.add(key);
          next.push(successor);
        }
      }
      frontier = next;
    }
    expect(seen.size).toBeGreaterThan(10_000);
  });
});

describe('every order of victim and thief', () => {
  type Party = 'victim' | 'thief';
  interface Theft {
    readonly server: RotationState;
    readonly now: number;
    readonly tokens: Readonly<Record<Party, TokenPlace>>;
    readonly turns: string;
  }

  /** Lets one party refresh; false once the session has ended. */
  function refresh(theft: Theft, party: Party): Theft | false {
    const { state, decision } = present(theft.server, theft.tokens[party], party, theft.now);
    if (!('child' in decision)) return false;
    return {
      ...theft,
      server: state,
      tokens: { ...theft.tokens, [party]: decision.child },
      turns: theft.turns + party[0],
    };
  }

  function* histories(theft: Theft, depth: number): Generator<string> {
    yield theft.turns;
    if (depth === 0) return;
    for (const party of ['victim', 'thief'] as const) {
      const after = refresh(theft, party);
      if (after) yield* histories(after, depth - 1);
    }
    yield* histories({ ...theft, now: theft.now + TICK_MS }, depth - 1);
  }

  /**
   * What both hold when the theft happens: a token never used, one just used, one used long ago.
   */
  const thefts: [string, Theft][] = [0, 1, TICK_MS, DAY_MS].map((since) => {
    const fresh = newSession(0);
    const used = present(fresh, FIRST_TOKEN, 'victim', 0).state;
    const tokens = { victim: FIRST_TOKEN, thief: FIRST_TOKEN };
    return since === 0
      ? ['a token that nobody has used', { server: fresh, now: 0, tokens, turns: '' }]
      : [`a token used ${since} ms ago`, { server: used, now: since, tokens, turns: '' }];
  });

  it.each(thefts)(
    'lets them change turns at most twice where both use what they are given, 9 steps deep, when the thief takes %s',
    (_what, theft) => {
      let count = 0;
      for (const turns of histories(theft, 9)) {
        count++;
        const changes = [...turns].filter(
          (turn, index) => index > 0 && turn !== turns[index - 1],
        ).length;
        expect({ turns, isAtMostTwo: changes <= 2 }).toEqual({ turns, isAtMostTwo: true });
      }
      expect(count).toBeGreaterThan(100);
    },
  );
});
