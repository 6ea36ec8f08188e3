import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  type RotationPolicy,
  type RotationState,
  type TokenPlace,
} from './rotation.js';

// The histories of docs/lab, which people see on its page, played by hand: a second reading of the
// same files, so that the page cannot be wrong about this rule without a test that fails.

const FOLDER = join(__dirname, '../../../docs/lab/scenarios');
const RULES: Readonly<Record<string, RotationPolicy>> = {
  evergreen: { rotationPolicy: 'confirm-on-use', graceSeconds: 10 },
  'evergreen-strict': { rotationPolicy: 'strict', graceSeconds: 10 },
};

interface Step {
  readonly wait?: number;
  readonly actor?: string;
  readonly action?: string;
}

interface Scenario {
  readonly steps: readonly Step[];
  readonly expect: Readonly<Record<string, { readonly outcomes: readonly string[] }>>;
}

interface Flight {
  readonly presented: TokenPlace;
  readonly received?: TokenPlace;
}

/** A session, and who holds which of its tokens: `tabA` and `tabB` share the store `browser`. */
class Walk {
  readonly outcomes: string[] = [];
  private now = 0;
  private state: RotationState = {
    ...newChain('browser', 0),
    epoch: 0,
    isEnded: false,
    lifetimeSeconds: 1e9,
    expiresAt: 1e12,
    absoluteExpiresAt: 1e12,
  };
  private readonly stores = new Map<string, TokenPlace>([['browser', FIRST_TOKEN]]);
  private readonly flights = new Map<string, Flight[]>();
  private isDisguised = false;

  constructor(private readonly policy: RotationPolicy) {}

  take({ wait, actor = '', action = '' }: Step): void {
    if (wait) this.now += wait * 1000;
    else if (action.startsWith('refresh')) this.refresh(actor, action);
    else if (action === 'receive') this.adopt(storeOf(actor), this.flights.get(actor)!.shift()!);
    else if (action === 'disguise') this.isDisguised = true;
    else if (action === 'find') this.stores.set('thief', FIRST_TOKEN);
    else this.copy(action);
  }

  private copy(action: string): void {
    const [from, to] = {
      backup: ['browser', 'backup'],
      restore: ['backup', 'browser'],
      copy: ['browser', 'clone'],
      steal: ['browser', 'thief'],
    }[action] as [string, string];
    this.stores.set(to, this.stores.get(from)!);
  }

  private refresh(actor: string, action: string): void {
    const presented = this.stores.get(storeOf(actor));
    if (!presented) return void this.outcomes.push('-');
    const token = { ...presented, epoch: 0, fingerprint: this.fingerprintOf(actor) };
    const decision = decideRotation(this.state, token, this.now, this.policy);
    this.outcomes.push(decision.kind);
    if ('chain' in decision) this.state = { ...this.state, ...decision.chain };
    if (decision.kind === 'reused') this.state = { ...this.state, isEnded: true };
    const flight = { presented, received: 'child' in decision ? decision.child : undefined };
    if (action === 'refresh-late')
      this.flights.set(actor, [...(this.flights.get(actor) ?? []), flight]);
    const isKept = action === 'refresh' || (action === 'refresh-unstored' && !flight.received);
    if (isKept) this.adopt(storeOf(actor), flight);
  }

  /** A response counts while its receiver still holds what it has presented. */
  private adopt(store: string, { presented, received }: Flight): void {
    const held = this.stores.get(store);
    if (held?.generation !== presented.generation || held.key !== presented.key) return;
    if (received) this.stores.set(store, received);
    else this.stores.delete(store);
  }

  private fingerprintOf(actor: string): string {
    if (actor === 'renderer') return 'renderer';
    return actor === 'thief' && !this.isDisguised ? 'thief' : 'browser';
  }
}

function storeOf(actor: string): string {
  return actor === 'clone' || actor === 'thief' ? actor : 'browser';
}

describe('decideRotation, in the histories of the laboratory', () => {
  const files = readdirSync(FOLDER);

  it('finds histories', () => expect(files.length).toBeGreaterThan(15));

  it.each(files.flatMap((file) => Object.keys(RULES).map((rule) => [file, rule] as const)))(
    'decides in %s as it says under %s',
    (file, rule) => {
      const scenario = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Scenario;
      const walk = new Walk(RULES[rule]!);
      for (const step of scenario.steps) walk.take(step);
      expect(walk.outcomes).toEqual(scenario.expect[rule]!.outcomes);
    },
  );
});
