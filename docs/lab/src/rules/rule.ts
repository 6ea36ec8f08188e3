import type { Token } from '../history/token.js';

/** Who presents a token, as far as a server can tell. */
export interface Presenter {
  readonly fingerprint: string;
  /** Whether it holds the key of the session, which only bound sessions have. */
  readonly hasKey: boolean;
}

/** A new access token comes with a refresh token. */
export type GrantOutcome = 'rotated' | 'replayed' | 'reissued';

/**
 * - `reused`: taken for theft, and the whole session ends;
 * - `refused`: this token is refused, and the session goes on for others;
 * - `unproved`: refused without a proof of the session's key; nothing ends, nobody is signed out;
 * - `ended`: the session had ended before.
 */
export type RefusalOutcome = 'reused' | 'refused' | 'unproved' | 'ended';
export type Outcome = GrantOutcome | RefusalOutcome;

/** What a server answers, and the session as it is afterwards. */
export type Answer =
  | {
      readonly outcome: GrantOutcome;
      readonly token: Token;
      readonly parent: Token;
      readonly session: RuleSession;
    }
  | { readonly outcome: RefusalOutcome; readonly session: RuleSession };

/**
 * - `unused`: it is good, and nobody has presented it yet;
 * - `confirmed`: it is the last one that was used, and is still accepted;
 * - `superseded`: its successor was used, and it is still accepted for a while;
 * - `spent`: it is not accepted any more.
 */
export type StandingKind = 'unused' | 'confirmed' | 'superseded' | 'spent';

export interface Standing {
  readonly kind: StandingKind;
  /** When it is no longer accepted, in milliseconds; without it, no time is set. */
  readonly acceptedUntil?: number;
  /** How long it was accepted in all, in milliseconds, where a time is set. */
  readonly windowMs?: number;
}

/** One session under a rule. It is immutable: an answer brings the next one. */
export interface RuleSession {
  /** `now` is in milliseconds since the start of the history. */
  present(token: Token, by: Presenter, now: number): Answer;
  standing(token: Token, now: number): Standing;
}

export interface Source {
  readonly title: string;
  /** None where it is a part of this repository. */
  readonly url?: string;
}

/** How a server decides what a presented refresh token is worth. Expiry is left out of all rules. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** Whose rule it is. */
  readonly by: string;
  readonly isOurs: boolean;
  readonly summary: string;
  /** Where the rule is published. */
  readonly sources: readonly Source[];
  /** Why each outcome is as it is, in one sentence for people who are new to this. */
  readonly reasons: Readonly<Partial<Record<Outcome, string>>>;
  /** A session that has just begun, with the token `FIRST`. */
  begin(by: Presenter): RuleSession;
}

export const SPENT: Standing = { kind: 'spent' };

/** A session that is over. */
export const ENDED: RuleSession = {
  present: () => ({ outcome: 'ended', session: ENDED }),
  standing: () => SPENT,
};
